// The lines of an answer that never ends by itself (NDJSON). Nothing is read ahead of its reader, so a
// slow reader is felt by the server and not by the memory; silence counts only while we wait for the
// server, and a line has a bound.

import type { IncomingMessage } from 'node:http';
import type { Clock } from '@holdfast/kernel';

export interface LinesOptions {
  clock: Clock;
  /** Without a byte from the server. */
  silentMs: number;
  /** Of one line, in UTF-16 code units. */
  lengthMax: number;
  signal: AbortSignal;
}

/** Ends when the server ends it; throws an Error with what went wrong, or the signal's reason. */
export async function* linesOf(
  response: IncomingMessage,
  options: LinesOptions,
): AsyncGenerator<string> {
  const { clock, silentMs, lengthMax, signal } = options;
  response.setEncoding('utf8');
  const onAbort = () => response.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const chunks = response[Symbol.asyncIterator]();
  /** Of a line that has not ended; searched once, however many parts it comes in. */
  let begun: string[] = [];
  let begunLength = 0;
  try {
    for (;;) {
      const timer = clock.after(silentMs, () =>
        response.destroy(new Error(`it was silent for ${silentMs} ms`)),
      );
      const { done, value } = await chunks.next().finally(() => timer.cancel());
      if (done) return;
      const [first = '', ...others] = (value as string).split('\n');
      begun.push(first);
      begunLength += first.length;
      if (begunLength > lengthMax) throw new Error(`a line is longer than ${lengthMax} characters`);
      const last = others.pop();
      if (last === undefined) continue;
      yield begun.join('');
      begun = [last];
      begunLength = last.length;
      yield* others;
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    response.destroy();
  }
}
