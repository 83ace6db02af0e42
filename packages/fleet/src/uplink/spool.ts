// Results that wait for a server. The newest are in memory; what waits longer than a second is copied
// to disk, from where it outlives a kill. Bounded in bytes and in count, both in memory and on disk:
// the oldest are shed and counted. Taking a result in never waits for anything, so probing goes on
// whatever disk and network do. In the order they came; after a restart some may come twice.

import { type Clock, type Logger, sleep, type Timer } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import { withTimeLimit } from '../time-limit.ts';
import { MemoryWindow } from './memory-window.ts';
import { type NumberedText, SegmentFolder } from './segment-folder.ts';

export interface SpoolOptions {
  /** Of this process alone. Absent: in memory only. */
  folder?: string;
  clock: Clock;
  logger: Logger;
  /** Default 64 MiB and 100,000 results. */
  memory?: { bytesMax: number; countMax: number };
  /** Default 256 MiB and 500,000 results. */
  disk?: { bytesMax: number; countMax: number };
}

export interface SpoolBatch {
  results: ProbeResult[];
  /** For `done`. */
  lastNumber: number;
}

const MEMORY = { bytesMax: 64 * 1024 * 1024, countMax: 100_000 };
const DISK = { bytesMax: 256 * 1024 * 1024, countMax: 500_000 };
/** About what a server takes in one request. */
const BATCH_BYTES = 1_000_000;
const BATCH_RESULTS = 500;
/** What is delivered sooner never touches the disk. */
const SPILL_AFTER_MS = 1_000;
const DISK_RETRY_MS = 10_000;
const READ_RETRY_MS = 1_000;
/** A disk that hangs must not keep the process from ending. */
const CLOSE_MS_MAX = 5_000;

export class Spool {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #diskBounds: { bytesMax: number; countMax: number };
  readonly #memory: MemoryWindow;
  #folder: SegmentFolder | undefined;
  /** Numbers run through memory and disk, in the order of arrival. */
  #lastNumber = 0;
  #delivered = 0;
  /** Everything up to it is on disk, or gone. */
  #spilled = 0;
  #shed = 0;
  #problem: string | undefined;
  #diskRetryAtMs = 0;
  #readRetryAtMs = 0;
  #timer: Timer | undefined;
  /** A disk that hangs is not given more to do. */
  #spilling = false;
  #removing = false;
  /** Work on the folder goes one after another. */
  #folderWork: Promise<unknown> = Promise.resolve();
  #wake = new AbortController();
  #closed = false;

  private constructor(options: SpoolOptions) {
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#memory = new MemoryWindow(options.memory ?? MEMORY);
    this.#diskBounds = options.disk ?? DISK;
  }

  /** A folder that cannot be used is told as `problem`; the spool then is in memory only. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const spool = new Spool(options);
    if (options.folder !== undefined) await spool.#openFolder(options.folder);
    return spool;
  }

  /** Results that wait. */
  get waiting(): number {
    const below = this.#memory.first?.number ?? Number.POSITIVE_INFINITY;
    return this.#memory.count + (this.#folder?.countBetween(this.#delivered, below) ?? 0);
  }

  /** Results given up since the start. */
  get shed(): number {
    return this.#shed;
  }

  /** Why results wait in memory only. */
  get problem(): string | undefined {
    return this.#problem;
  }

  push(result: ProbeResult): void {
    const text = JSON.stringify(result);
    const bytes = Buffer.byteLength(text);
    if (bytes > BATCH_BYTES) {
      this.#shed += 1;
      const { namespace, check } = result.key;
      this.#logger.error('A result is too large to be kept.', { namespace, check, bytes });
      return;
    }
    this.#lastNumber += 1;
    this.#memory.push({ number: this.#lastNumber, text, bytes, atMs: this.#clock.nowMs() });
    this.#bound();
    this.#armSpill();
    this.#wake.abort();
  }

  /** The oldest that wait, the same ones until `done`; undefined when none do, or they cannot be read now. */
  async next(): Promise<SpoolBatch | undefined> {
    let onDisk: NumberedText[] | undefined = [];
    if (this.#diskIsFirst()) {
      onDisk = await this.#alone((folder) => folder.readAbove(this.#delivered));
      // What is in memory is younger, and would make the older ones count as delivered.
      if (onDisk === undefined) this.#readRetryAtMs = this.#clock.nowMs() + READ_RETRY_MS;
      if (onDisk === undefined) return undefined;
    }
    // Nothing, when all of it was damaged: then memory is next.
    const batch = limited(onDisk.length > 0 ? onDisk : this.#memory.oldest(BATCH_RESULTS));
    const last = batch.at(-1);
    if (last === undefined) return undefined;
    return { results: batch.flatMap(({ text }) => parsed(text)), lastNumber: last.number };
  }

  /** They were delivered, or nobody will ever take them. */
  done(batch: Pick<SpoolBatch, 'lastNumber'>): void {
    this.#delivered = Math.max(this.#delivered, batch.lastNumber);
    this.#memory.dropThrough(this.#delivered);
    if (this.#removing || this.#folder === undefined || this.#folder.count === 0) return;
    this.#removing = true;
    void this.#alone(async (folder) => {
      this.#removing = false;
      await folder.removeThrough(this.#delivered);
    });
  }

  /** Resolves when something waits that can be had; rejects with the signal's reason. */
  async whenWaiting(signal: AbortSignal): Promise<void> {
    while (!this.#isReady()) {
      this.#wake = new AbortController();
      const either = AbortSignal.any([signal, this.#wake.signal]);
      await sleep(this.#clock, READ_RETRY_MS, either).catch(() => {});
      signal.throwIfAborted();
    }
  }

  /** Copies to disk what waits, as far as that is done in 5 s; nothing may be pushed afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.#diskRetryAtMs = 0;
    const limit = { clock: this.#clock, limitMs: CLOSE_MS_MAX, late: 'The disk takes too long' };
    const written = () => this.#spill().then(() => this.#folderWork);
    await withTimeLimit(limit, new AbortController().signal, written).catch((error) =>
      this.#logger.error('Results that wait are not all on disk.', { error }),
    );
  }

  #isReady(): boolean {
    if (this.#diskIsFirst()) return this.#clock.nowMs() >= this.#readRetryAtMs;
    return this.#memory.count > 0;
  }

  #diskIsFirst(): boolean {
    const first = this.#folder?.firstAbove(this.#delivered);
    return first !== undefined && first < (this.#memory.first?.number ?? Number.POSITIVE_INFINITY);
  }

  async #openFolder(path: string): Promise<void> {
    try {
      this.#folder = await SegmentFolder.open(path, (numbers) => this.#lose(numbers));
      this.#lastNumber = this.#folder.lastNumber;
      this.#spilled = this.#lastNumber;
      await this.#trimDisk(this.#folder);
    } catch (error) {
      this.#diskFailed(error);
    }
  }

  #bound(): void {
    const isHalfFull = () => this.#memory.fill > 0.5;
    while (isHalfFull() && (this.#memory.first?.number ?? Infinity) <= this.#spilled)
      this.#memory.shift();
    if (isHalfFull() && this.#timer !== undefined && this.#diskIsWell()) {
      this.#timer.cancel();
      this.#timer = undefined;
      void this.#spill();
    }
    while (this.#memory.fill > 1) {
      this.#memory.shift();
      this.#shed += 1;
    }
  }

  /** For when the oldest that is not on disk has waited long enough; then all that wait go. */
  #armSpill(): void {
    if (this.#timer !== undefined || this.#spilling || this.#closed) return;
    if (this.#folder === undefined) return;
    const oldest = this.#memory.firstAfter(this.#spilled);
    if (oldest === undefined) return;
    const restMs = Math.max(0, oldest.atMs + SPILL_AFTER_MS - this.#clock.nowMs());
    const pauseMs = Math.max(restMs, this.#diskRetryAtMs - this.#clock.nowMs());
    this.#timer = this.#clock.after(pauseMs, () => {
      this.#timer = undefined;
      const first = this.#memory.firstAfter(this.#spilled);
      if (first === undefined) return;
      if (first.atMs + SPILL_AFTER_MS <= this.#clock.nowMs()) void this.#spill();
      else this.#armSpill();
    });
  }

  #diskIsWell(): boolean {
    return this.#folder !== undefined && this.#clock.nowMs() >= this.#diskRetryAtMs;
  }

  /** All that waits and is not on disk yet. Never rejects. */
  async #spill(): Promise<void> {
    this.#spilling = true;
    await this.#alone(async (folder) => {
      if (!this.#diskIsWell()) return;
      const all = this.#memory.after(this.#spilled);
      for (let rest = all; rest.length > 0; ) {
        const chunk = limited(rest);
        await folder.append(chunk);
        this.#spilled = chunk.at(-1)?.number ?? this.#spilled;
        rest = rest.slice(chunk.length);
      }
      await this.#trimDisk(folder);
      if (all.length > 0) this.#diskIsBack();
    });
    this.#spilling = false;
    this.#armSpill();
  }

  /** Also of what was delivered while it was written. */
  async #trimDisk(folder: SegmentFolder): Promise<void> {
    const { bytesMax, countMax } = this.#diskBounds;
    await folder.removeThrough(this.#delivered);
    while (folder.bytes > bytesMax || folder.count > countMax) {
      this.#lose(await folder.removeOldest());
    }
  }

  /** Gone from the disk; not lost when delivered already or still in memory. */
  #lose(numbers: readonly number[]): void {
    const below = this.#memory.first?.number ?? Number.POSITIVE_INFINITY;
    for (const number of numbers) if (number > this.#delivered && number < below) this.#shed += 1;
  }

  /** Undefined when there is no folder or it failed. */
  #alone<T>(work: (folder: SegmentFolder) => Promise<T>): Promise<T | undefined> {
    const folder = this.#folder;
    if (folder === undefined) return Promise.resolve(undefined);
    const done = this.#folderWork
      .then(() => work(folder))
      .catch((error) => this.#diskFailed(error));
    this.#folderWork = done;
    return done as Promise<T | undefined>;
  }

  #diskFailed(error: unknown): undefined {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#problem === undefined)
      this.#logger.error('Results wait in memory only: the spool folder failed.', { error });
    this.#problem = `Results wait in memory only: ${reason}`;
    this.#diskRetryAtMs = this.#clock.nowMs() + DISK_RETRY_MS;
  }

  #diskIsBack(): void {
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    this.#logger.info('Results that wait are kept on disk again.');
  }
}

/** As many as make one batch. */
function limited<T extends NumberedText>(items: readonly T[]): T[] {
  let bytes = 0;
  const end = items.findIndex((item, index) => {
    bytes += Buffer.byteLength(item.text);
    return index >= BATCH_RESULTS || bytes > BATCH_BYTES;
  });
  return items.slice(0, end === -1 ? items.length : end);
}

/** Whole by its checksum, yet a folder is open to anybody's hand. */
function parsed(text: string): ProbeResult[] {
  try {
    return [JSON.parse(text) as ProbeResult];
  } catch {
    return [];
  }
}
