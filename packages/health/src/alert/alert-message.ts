// What a channel is told of an alert. This is a public shape: receivers build on it, so fields are
// only ever added. It is made of the record alone (and where the check can be looked at), hence a
// repeat after a restart says the same. `text` is one sentence that chat tools show as it stands.

import { formatDuration } from '@holdfast/kernel';
import type { AlertDelivery, AlertRecord } from '@holdfast/resources/alert-record';
import type { CheckReference, Fault, FaultClass, Status } from '@holdfast/resources/result';
import type { WatchedCheck } from './watched-check.ts';

/** The JSON body of a webhook. Times are ISO 8601 in UTC, durations ms. */
export interface AlertMessage {
  event: AlertDelivery['event'];
  /** The same for the firing and the recovery of one outage. */
  alert_id: string;
  rule: string;
  check: string;
  namespace: string;
  /** What the check asks, credentials removed. */
  target: string;
  labels: Record<string, string>;
  /** Of the run that made the event. */
  status: Exclude<Status, 'invalid'>;
  /** What was wrong when it fired; also told on recovery. */
  fault?: { class: FaultClass; code: string; message: string; cure?: string };
  /** Planned time of the first bad run. */
  since: string;
  fired_at: string;
  recovered_at?: string;
  /** From `since` to `recovered_at`. */
  duration_ms?: number;
  /** Bad runs in a row when it fired. */
  failures: number;
  /** Where it was bad when it fired, of a check that is measured at several places. */
  locations?: string[];
  /** The page of the check. */
  console_url?: string;
  text: string;
}

/** Longer than any sentence a person reads at night; chat tools cut or refuse much longer ones. */
const TEXT_LENGTH_MAX = 500;
const DEFAULT_NAMESPACE = 'default';

export function alertMessage(
  record: AlertRecord,
  check: Pick<WatchedCheck, 'target' | 'labels'>,
  consoleUrl?: string,
): AlertMessage {
  const { recoveredAtMs } = record;
  return {
    event: recoveredAtMs === undefined ? 'fired' : 'recovered',
    alert_id: record.id,
    rule: record.rule,
    check: record.check.check,
    namespace: record.check.namespace,
    target: check.target,
    labels: check.labels,
    status: statusOf(record),
    ...(record.fault ? { fault: faultOf(record.fault) } : {}),
    since: isoTime(record.sinceMs),
    fired_at: isoTime(record.firedAtMs),
    ...(recoveredAtMs === undefined
      ? {}
      : { recovered_at: isoTime(recoveredAtMs), duration_ms: recoveredAtMs - record.sinceMs }),
    failures: record.failures,
    ...(record.locations === undefined ? {} : { locations: record.locations }),
    ...(consoleUrl === undefined ? {} : { console_url: consoleUrl }),
    text: sentence(record),
  };
}

/** The namespace is told only where it tells something. */
export function displayName(check: CheckReference): string {
  return check.namespace === DEFAULT_NAMESPACE ? check.check : `${check.namespace}/${check.check}`;
}

/** `4m 10s`: whole seconds, as people say it; a clock set back gives none. */
export function spokenDuration(durationMs: number): string {
  const wholeSecondsMs = Math.max(0, Math.round(durationMs / 1_000)) * 1_000;
  return formatDuration(wholeSecondsMs).replace(/([dhm])(?=\d)/g, '$1 ');
}

/** `2026-03-01 02:10:00 UTC`: the reader's zone is not known here, so the zone is always named. */
export function spokenTime(isoTime: string): string {
  return `${isoTime.slice(0, 10)} ${isoTime.slice(11, 19)} UTC`;
}

/** One line without control characters, at most `lengthMax` long. */
export function oneLine(text: string, lengthMax: number): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length <= lengthMax ? line : `${line.slice(0, lengthMax - 1)}…`;
}

function sentence(record: AlertRecord): string {
  const name = displayName(record.check);
  if (record.recoveredAtMs !== undefined) {
    return plain(
      `${name} is up again after ${spokenDuration(record.recoveredAtMs - record.sinceMs)}.`,
    );
  }
  const runs = record.failures === 1 ? '1 bad run' : `${record.failures} bad runs in a row`;
  const since = spokenTime(isoTime(record.sinceMs));
  const why = record.fault ? `: ${record.fault.message}` : '';
  const where = record.locations === undefined ? '' : ` at ${record.locations.join(', ')}`;
  return plain(`${name} is down${where} since ${since} (${runs})${why}`);
}

/** Chat tools read <…> as links and as calls to everyone, and a fault may quote what a target sent. */
function plain(text: string): string {
  return oneLine(text, TEXT_LENGTH_MAX).replaceAll('<', '‹').replaceAll('>', '›');
}

/** A record keeps the fault, not the status; a run that timed out has a fault of that class. */
function statusOf(record: AlertRecord): AlertMessage['status'] {
  if (record.recoveredAtMs !== undefined) return 'up';
  return record.fault?.class === 'timeout' ? 'timeout' : 'down';
}

function faultOf(fault: Fault): NonNullable<AlertMessage['fault']> {
  const { class: faultClass, code, message, cure } = fault;
  const told = { class: faultClass, code, message };
  return cure === undefined ? told : { ...told, cure };
}

function isoTime(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
