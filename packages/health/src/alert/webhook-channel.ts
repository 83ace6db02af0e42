// Tells an HTTP receiver of an alert: one POST of the message as JSON, with an idempotency key so
// that a repeat can be dropped. Redirects are not followed and the answer's body is not read; the
// address is never told to anyone, because for many hooks it is the secret.

import type { Clock } from '@holdfast/kernel';
import type { AlertDelivery } from '@holdfast/resources/alert-record';
import type { WebhookChannel } from '@holdfast/resources/compiled-alert';
import { oneLine } from './alert-message.ts';
import type { ChannelSecrets, Send, SendOutcome } from './sender.ts';

/** The reason phrase is the receiver's own words. */
const OUTCOME_LENGTH_MAX = 120;
/** The two refusals that mean "later": request timeout and too many requests. */
const REFUSALS_TO_RETRY = [408, 429];

export function createWebhookSender(clock: Clock, secrets: ChannelSecrets): Send<WebhookChannel> {
  return async (delivery, channel, signal) => {
    const filled = await fillChannel(channel, secrets);
    if (!filled.ok) return { type: 'failed', outcome: secrets.redact(filled.fault.message) };
    const request = requestOf(filled.url, filled.headers, delivery);
    if (!request) return { type: 'refused', outcome: 'the url or a header is not valid' };
    try {
      const { url, headers } = request;
      const { payload: body } = delivery;
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
        signal,
      });
      const outcome = judge(response, clock.wallMs());
      // The status says all; letting go of the body here bounds it at what is in flight.
      await response.body?.cancel().catch(() => undefined);
      return { ...outcome, outcome: secrets.redact(outcome.outcome) };
    } catch (error) {
      return { type: 'failed', outcome: `connection failed (${errorCode(error)})` };
    }
  };
}

type Filled =
  | { ok: true; url: string; headers: [string, string][] }
  | Extract<Awaited<ReturnType<ChannelSecrets['fill']>>, { ok: false }>;

async function fillChannel(channel: WebhookChannel, secrets: ChannelSecrets): Promise<Filled> {
  const url = await secrets.fill(channel.url);
  if (!url.ok) return url;
  const headers: [string, string][] = [];
  for (const [name, text] of Object.entries(channel.headers)) {
    const value = await secrets.fill(text);
    if (!value.ok) return value;
    headers.push([name, value.value]);
  }
  return { ok: true, url: url.value, headers };
}

/** Undefined when the parts make no request; the error would quote them, so it is swallowed. */
function requestOf(
  text: string,
  pairs: [string, string][],
  delivery: AlertDelivery,
): { url: URL; headers: Headers } | undefined {
  try {
    const url = new URL(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
    const headers = new Headers({ 'user-agent': 'holdfast', ...basicCredentials(url) });
    for (const [name, value] of pairs) headers.set(name, value);
    headers.set('content-type', 'application/json');
    headers.set('idempotency-key', delivery.id);
    headers.set('x-holdfast-event', delivery.event);
    return { url, headers };
  } catch {
    return undefined;
  }
}

/** Moves `user:password@` from the url, where fetch refuses it, into its header. */
function basicCredentials(url: URL): { authorization?: string } {
  if (url.username === '' && url.password === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function judge(response: Response, nowWallMs: number): SendOutcome {
  const { status, statusText } = response;
  const outcome = oneLine(`${status} ${statusText}`, OUTCOME_LENGTH_MAX);
  if (response.ok) return { type: 'delivered', outcome };
  if (status < 500 && !REFUSALS_TO_RETRY.includes(status)) return { type: 'refused', outcome };
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), nowWallMs);
  return { type: 'failed', outcome, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3). */
function readRetryAfter(text: string | null, nowWallMs: number): number | undefined {
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1_000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowWallMs);
}

/** `ECONNREFUSED` and the like; fetch wraps the cause, whose message may quote the address. */
function errorCode(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : 'unknown reason';
}
