// Tells people of an alert by mail: one connection for each attempt, since alerts are rare and a
// pool would mostly hold dead ones. Credentials travel only inside TLS, but for a server on this
// machine, and are never part of what is told about an attempt.

import type { AlertDelivery } from '@holdfast/resources/alert-record';
import type { SmtpChannel } from '@holdfast/resources/compiled-alert';
import { createTransport } from 'nodemailer';
import { oneLine } from './alert-message.ts';
import { ATTEMPT_TIMEOUT_MS } from './delivery-policy.ts';
import type { ChannelSecrets, Send, SendOutcome } from './sender.ts';
import { type Mail, mailOf } from './smtp-message.ts';
import { readSmtpServer, type SmtpServerAddress } from './smtp-server-address.ts';

/** A server's reply is its own words. */
const OUTCOME_LENGTH_MAX = 200;
/** "Bad sequence of commands" tells of the session, not of the mail: a new connection may do. */
const BAD_SEQUENCE = 503;

export function createSmtpSender(secrets: ChannelSecrets): Send<SmtpChannel> {
  return async (delivery, channel, signal) => {
    const server = await readSmtpServer(channel.server, secrets);
    if (!server.ok) {
      const outcome = secrets.redact(server.reason);
      return { type: server.missing ? 'failed' : 'refused', outcome };
    }
    const hide = (text: string) => hideCredentials(secrets.redact(text), server.value);
    const transport = createTransport(transportOptions(server.value));
    try {
      const info = await transport.sendMail({ ...mailFields(delivery, channel), signal });
      return {
        type: 'delivered',
        outcome: hide(deliveredOutcome(info.response, info.rejected.length, channel.to.length)),
      };
    } catch (error) {
      const outcome = judge(error);
      return { ...outcome, outcome: hide(outcome.outcome) };
    } finally {
      transport.close();
    }
  };
}

function transportOptions(server: SmtpServerAddress) {
  const { host, port, credentials, loopback, tlsAtOnce } = server;
  return {
    host,
    ...(port === undefined ? {} : { port }),
    secure: tlsAtOnce,
    requireTLS: credentials !== undefined && !loopback,
    ...(loopback ? { tls: { rejectUnauthorized: false } } : {}),
    ...(credentials ? { auth: { user: credentials.user, pass: credentials.password } } : {}),
    dnsTimeout: ATTEMPT_TIMEOUT_MS,
    connectionTimeout: ATTEMPT_TIMEOUT_MS,
    greetingTimeout: ATTEMPT_TIMEOUT_MS,
    socketTimeout: ATTEMPT_TIMEOUT_MS,
    logger: false,
  };
}

function mailFields(delivery: AlertDelivery, channel: SmtpChannel) {
  const { inReplyTo, ...mail }: Mail = mailOf(delivery);
  return {
    ...mail,
    ...(inReplyTo === undefined ? {} : { inReplyTo, references: inReplyTo }),
    from: channel.from,
    to: channel.to,
    date: new Date(delivery.createdAtMs),
    // Auto-Submitted (RFC 3834) keeps holiday notices from answering.
    headers: { 'X-Holdfast-Event': delivery.event, 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function deliveredOutcome(response: string, refused: number, recipients: number): string {
  const reply = oneLine(response, OUTCOME_LENGTH_MAX);
  return refused === 0 ? reply : `${reply} (${refused} of ${recipients} recipients refused)`;
}

interface SmtpError {
  code: string;
  message: string;
  /** The server's reply code, where it replied. */
  responseCode: number | undefined;
  command: string;
}

function judge(error: unknown): SendOutcome {
  const { code, command, message, responseCode } = smtpError(error);
  // A reply to AUTH may echo what was sent, in encodings that cannot be searched for.
  const told = command.startsWith('AUTH')
    ? `login failed (${responseCode ?? 'no reply'})`
    : message;
  const outcome = oneLine(`${code}: ${told}`, OUTCOME_LENGTH_MAX);
  return { type: isFinal(code, responseCode) ? 'refused' : 'failed', outcome };
}

/** 5xx is final, 4xx asks to come again (RFC 5321, 4.2.1). */
function isFinal(code: string, responseCode: number | undefined): boolean {
  if (responseCode !== undefined) return responseCode >= 500 && responseCode !== BAD_SEQUENCE;
  // Refused here, before anything was sent: no address is one.
  return code === 'EENVELOPE';
}

function smtpError(error: unknown): SmtpError {
  const facts: Record<string, unknown> = error instanceof Error ? { ...error } : {};
  return {
    code: typeof facts.code === 'string' ? facts.code : 'unknown reason',
    message: error instanceof Error ? error.message : '',
    responseCode: typeof facts.responseCode === 'number' ? facts.responseCode : undefined,
    command: typeof facts.command === 'string' ? facts.command : '',
  };
}

function hideCredentials(text: string, server: SmtpServerAddress): string {
  const password = server.credentials?.password ?? '';
  return password === '' ? text : text.replaceAll(password, '<secret>');
}
