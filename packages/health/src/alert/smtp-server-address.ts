// Reads the `server` of an SMTP channel: scheme, host, port and credentials, placeholders filled in.
// A secret that stands before the `@` is escaped first, so that any password fits into the url; the
// result holds credentials and must go nowhere but into the connection.

import type { ChannelSecrets } from './sender.ts';

export interface SmtpServerAddress {
  host: string;
  /** Absent: what is usual for the scheme. */
  port?: number;
  /** TLS from the first byte (`smtps://`), else STARTTLS where offered. */
  tlsAtOnce: boolean;
  credentials?: { user: string; password: string };
  /** The server is this machine: nobody is in between. */
  loopback: boolean;
}

/** `missing`: a secret is not there yet; otherwise the text itself is wrong. */
interface Unreadable {
  ok: false;
  missing: boolean;
  reason: string;
}

export type AddressOutcome = { ok: true; value: SmtpServerAddress } | Unreadable;

const PLACEHOLDER = /\$\{[^}]*\}/g;
const INVALID: Unreadable = {
  ok: false,
  missing: false,
  reason: 'the server is not a valid smtp:// or smtps:// url',
};

export async function readSmtpServer(
  text: string,
  secrets: ChannelSecrets,
): Promise<AddressOutcome> {
  const filled = await fillServer(text, secrets);
  if (!filled.ok) return filled;
  try {
    return readUrl(new URL(filled.value));
  } catch {
    // The error would quote the url with its credentials.
    return INVALID;
  }
}

function readUrl(url: URL): AddressOutcome {
  if ((url.protocol !== 'smtp:' && url.protocol !== 'smtps:') || url.hostname === '')
    return INVALID;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  const value = {
    host,
    tlsAtOnce: url.protocol === 'smtps:',
    loopback: host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(user === '' ? {} : { credentials: { user, password } }),
  };
  return { ok: true, value };
}

/** Each placeholder by itself: what stands in the credentials has to be escaped for the url. */
async function fillServer(
  text: string,
  secrets: ChannelSecrets,
): Promise<{ ok: true; value: string } | Unreadable> {
  const credentialsEnd = text.lastIndexOf('@');
  let value = '';
  let end = 0;
  for (const { 0: placeholder, index } of text.matchAll(PLACEHOLDER)) {
    const filled = await secrets.fill(placeholder);
    if (!filled.ok) return { ok: false, missing: true, reason: filled.fault.message };
    const shown = index < credentialsEnd ? encodeURIComponent(filled.value) : filled.value;
    value += text.slice(end, index) + shown;
    end = index + placeholder.length;
  }
  return { ok: true, value: value + text.slice(end) };
}
