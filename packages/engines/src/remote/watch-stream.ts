// A watch as a stream of lines (NDJSON): one transaction each, signs of life as the engine gives them,
// and at the end an error as its last line when there was one. Whoever reads slowly holds up only
// itself, because the engine is asked for no more than was taken; whoever stops reading is cut off.

import { Readable } from 'node:stream';
import type { Clock } from '@holdfast/kernel';
import type { Change, WatchItem } from '../coordination/coordination.ts';
import { coordinationFailed } from '../coordination/coordination-error.ts';
import { writeError } from './told-error.ts';
import { LINE_BYTES_MAX, writeWatchItem } from './wire-answers.ts';

/** Bytes that wait in the stream itself, besides those of the socket. */
const WAITING_BYTES = 64 * 1024;
/** A client that takes nothing for that long is gone or stuck; it comes back with the revision that it has. */
export const STALLED_MS = 30_000;
/** Says at once that the watch is accepted, before there is anything to tell. */
const OPENING = '{"watching":true}\n';

export interface WatchStreamOptions {
  /** Opens the watch of the engine. */
  open: (signal: AbortSignal) => AsyncIterable<WatchItem>;
  /** Only changes of this key are the caller's business. */
  only: string | undefined;
  clock: Clock;
  /** Destroys the stream. */
  signal: AbortSignal;
}

export class WatchStream extends Readable {
  readonly #options: WatchStreamOptions;
  readonly #closed = new AbortController();
  #started = false;
  #roomAgain: (() => void) | undefined;

  constructor(options: WatchStreamOptions) {
    super({ highWaterMark: WAITING_BYTES });
    this.#options = options;
    const end = () => this.destroy();
    options.signal.addEventListener('abort', end, { once: true });
    this.once('close', () => options.signal.removeEventListener('abort', end));
    if (options.signal.aborted) end();
  }

  override _read(): void {
    if (!this.#started) void this.#pump();
    this.#started = true;
    this.#roomAgain?.();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#closed.abort();
    this.#roomAgain?.();
    done(error);
  }

  /** Never rejects: what goes wrong is the last line. */
  async #pump(): Promise<void> {
    try {
      await this.#send(OPENING);
      for await (const item of this.#options.open(this.#closed.signal)) {
        if (this.destroyed) return;
        await this.#send(lineOf(item, this.#options.only));
      }
    } catch (error) {
      if (!this.destroyed) this.push(`${JSON.stringify({ error: writeError(error) })}\n`);
    }
    if (!this.destroyed) this.push(null);
  }

  async #send(line: string): Promise<void> {
    if (this.push(line) || this.destroyed) return;
    const stalled = this.#options.clock.after(STALLED_MS, () => this.destroy());
    await new Promise<void>((resolve) => {
      this.#roomAgain = resolve;
    });
    this.#roomAgain = undefined;
    stalled.cancel();
  }
}

function lineOf(item: WatchItem, only: string | undefined): string {
  const changes = only === undefined ? item.changes : item.changes.filter((one) => isOf(one, only));
  const line = `${JSON.stringify(writeWatchItem({ ...item, changes }))}\n`;
  if (line.length > LINE_BYTES_MAX) throw tooLarge(item);
  return line;
}

function isOf(change: Change, key: string): boolean {
  return (change.type === 'put' ? change.entry.key : change.key) === key;
}

function tooLarge({ revision }: WatchItem): Error {
  return coordinationFailed(
    `The transaction of revision ${revision} is too large for a watch through a server`,
    'Change fewer keys at once, or watch a narrower prefix.',
  );
}
