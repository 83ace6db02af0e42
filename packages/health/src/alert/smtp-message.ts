// An alert as a mail that reads well at night: the answer in the subject, then what, since when,
// why and what to try, one line each, plain text. Recovery and firing form one thread. Whatever a
// target sent is cut to one line, so that it can neither add headers nor hide the rest.

import type { AlertDelivery } from '@holdfast/resources/alert-record';
import {
  type AlertMessage,
  displayName,
  oneLine,
  spokenDuration,
  spokenTime,
} from './alert-message.ts';
import { deliveryId } from './delivery-id.ts';

export interface Mail {
  messageId: string;
  /** The Message-ID of the firing, on its recovery. */
  inReplyTo?: string;
  subject: string;
  text: string;
}

/** Phones show about 60 characters, mail programs about 100. */
const SUBJECT_LENGTH_MAX = 120;
const LINE_LENGTH_MAX = 500;

/** Throws where the payload is no JSON: it was written by this package. */
export function mailOf(delivery: AlertDelivery): Mail {
  const message = JSON.parse(delivery.payload) as AlertMessage;
  const mail = {
    messageId: messageId(delivery.id),
    subject: oneLine(subjectOf(message), SUBJECT_LENGTH_MAX),
    text: textOf(message),
  };
  if (delivery.event === 'fired') return mail;
  return { ...mail, inReplyTo: messageId(deliveryId(delivery.alertId, 'fired', delivery.channel)) };
}

function subjectOf(message: AlertMessage): string {
  const name = displayName(message);
  if (message.event === 'recovered') {
    return `[recovered] ${name} after ${spokenDuration(message.duration_ms ?? 0)}`;
  }
  return `[down] ${name}: ${message.fault?.message ?? message.status}`;
}

function textOf(message: AlertMessage): string {
  const { fault } = message;
  const labels = Object.entries(message.labels).map(([name, value]) => `${name}=${value}`);
  const lines: [string, string | undefined][] = [
    ['What', `${displayName(message)}, ${message.target}`],
    ['Since', spokenTime(message.since)],
    ['Until', message.recovered_at && spokenTime(message.recovered_at)],
    ['Why', fault && `${fault.message} (${fault.code})`],
    ['Try', message.event === 'fired' ? fault?.cure : undefined],
    ['Labels', labels.length > 0 ? labels.join(', ') : undefined],
    ['Rule', message.rule],
    ['Look', message.console_url],
  ];
  const table = lines.flatMap(([word, value]) =>
    value === undefined ? [] : [`${word.padEnd(8)}${oneLine(value, LINE_LENGTH_MAX)}`],
  );
  return [message.text, '', ...table, ''].join('\n');
}

function messageId(id: string): string {
  return `<${id}@holdfast>`;
}
