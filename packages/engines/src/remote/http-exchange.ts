// One POST over HTTP/1.1, up to the head of its answer or the end of its body. It knows the one thing
// that decides about sending again: whether the request can have reached the server. Every phase has
// its own bound, and an abort ends it at once.

import { type Agent, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '@holdfast/kernel';
import { AttemptFailed } from './attempt-failed.ts';

export interface ExchangeOptions {
  url: URL;
  headers: Record<string, string>;
  body: string;
  agent: Agent;
  clock: Clock;
  /** Until there is a connection; a line before a busy pool counts. */
  connectMs: number;
  /** From then on, until the head of the answer. */
  headMs: number;
  signal: AbortSignal;
}

/** Rejects with AttemptFailed, or the signal's reason. The caller reads the answer to its end or destroys it. */
export function exchange(options: ExchangeOptions): Promise<IncomingMessage> {
  const { url, headers, body, agent, clock, signal } = options;
  const { resolve, reject, promise } = Promise.withResolvers<IncomingMessage>();
  if (signal.aborted) return Promise.reject(signal.reason);
  const isSecure = url.protocol === 'https:';
  const request = (isSecure ? requestSecure : requestPlain)(url, {
    method: 'POST',
    agent,
    headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
  });
  let isSent = false;
  const fail = (what: string, cause?: unknown) => {
    reject(new AttemptFailed(what, isSent, cause));
    request.destroy();
  };
  let timer = clock.after(options.connectMs, () => fail('could not be connected to in time'));
  const onConnected = () => {
    isSent = true;
    timer.cancel();
    timer = clock.after(options.headMs, () => fail('did not answer in time'));
  };
  const onAbort = () => {
    reject(signal.reason);
    request.destroy();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  request.once('socket', (socket) => {
    if (!socket.connecting) onConnected();
    else (socket as TLSSocket).once(isSecure ? 'secureConnect' : 'connect', onConnected);
  });
  request.once('response', resolve);
  request.on('error', (error) => fail(`failed: ${error.message}`, error));
  request.end(body);
  return promise.finally(() => {
    timer.cancel();
    signal.removeEventListener('abort', onAbort);
  });
}

export interface BodyOptions {
  clock: Clock;
  bytesMax: number;
  /** For the whole of it. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** Rejects with AttemptFailed, or the signal's reason. */
export async function readBody(response: IncomingMessage, options: BodyOptions): Promise<string> {
  const { clock, bytesMax, timeoutMs, signal } = options;
  const timer = clock.after(timeoutMs, () =>
    response.destroy(new Error('its answer came too slowly')),
  );
  const onAbort = () => response.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw new Error(`its answer is longer than ${bytesMax} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new AttemptFailed(`failed: ${(error as Error).message}`, true, error);
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', onAbort);
  }
}
