// The part of a spool that lies on disk: files of frames, appended at the end, deleted at the front
// once all of theirs was delivered. Each text has a number; which numbers a file holds is kept in
// memory, their texts are not. One process at a time uses a folder; its owner sees to that.

import { appendFile, mkdir, readdir, readFile, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeFrames, readFrames } from './frames.ts';

/** A file is full when it has so much; the whole of it is in memory while it is read. */
const SEGMENT_BYTES = 1_048_576;
const SEGMENT_NAME = /^\d{16}\.spool$/;
const NAME_DIGITS = 16;
/** In a row, before a file that is there and cannot be read is given up: a disk may fail for a moment. */
const READS_MAX = 5;

export interface NumberedText {
  number: number;
  text: string;
}

interface Segment {
  path: string;
  /** Ascending, one for each text. */
  numbers: number[];
  bytes: number;
}

export class SegmentFolder {
  readonly #path: string;
  /** Oldest first. */
  readonly #segments: Segment[] = [];
  #lastName = 0;
  /** The segment that more is appended to. */
  #open: Segment | undefined;
  readonly #onDamaged: (numbers: readonly number[]) => void;
  /** What was read last, so that one segment is not read for each of its batches. */
  #read: { segment: Segment; texts: string[] } | undefined;
  /** In a row. */
  #failedReads = 0;

  private constructor(path: string, onDamaged: (numbers: readonly number[]) => void) {
    this.#path = path;
    this.#onDamaged = onDamaged;
  }

  /**
   * Cuts torn ends off. What is there is numbered from 1 on. `onDamaged` is told of what was here and
   * cannot be read any more. Rejects when the folder cannot be used.
   */
  static async open(
    path: string,
    onDamaged: (numbers: readonly number[]) => void,
  ): Promise<SegmentFolder> {
    const folder = new SegmentFolder(path, onDamaged);
    await mkdir(path, { recursive: true, mode: 0o700 });
    for (const name of (await readdir(path)).filter((one) => SEGMENT_NAME.test(one)).sort())
      await folder.#takeUp(name);
    return folder;
  }

  get count(): number {
    return this.#segments.reduce((sum, { numbers }) => sum + numbers.length, 0);
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get lastNumber(): number {
    return this.#segments.at(-1)?.numbers.at(-1) ?? 0;
  }

  /** The lowest that is above `number`; undefined when there is none. */
  firstAbove(number: number): number | undefined {
    return this.#segmentAbove(number)?.numbers.find((one) => one > number);
  }

  countBetween(above: number, below: number): number {
    let count = 0;
    for (const { numbers } of this.#segments)
      for (const one of numbers) if (one > above && one < below) count += 1;
    return count;
  }

  /** Rejects when they could not be written; then none of them counts as here. */
  async append(items: readonly NumberedText[]): Promise<void> {
    const frames = encodeFrames(items.map(({ text }) => text));
    const segment = this.#segmentForMore();
    try {
      await appendFile(segment.path, frames, { mode: 0o600 });
    } catch (error) {
      // Its end may be torn: nothing may follow it there.
      this.#open = undefined;
      if (segment.numbers.length === 0) await this.#remove(segment);
      throw error;
    }
    for (const { number } of items) segment.numbers.push(number);
    segment.bytes += frames.length;
  }

  /** Those above `number` of the oldest segment that has any. Rejects when it cannot be read now. */
  async readAbove(number: number): Promise<NumberedText[]> {
    for (;;) {
      const segment = this.#segmentAbove(number);
      if (segment === undefined) return [];
      const texts = await this.#textsOf(segment);
      const items = segment.numbers.flatMap((one, index) => {
        const text = texts[index];
        return one > number && text !== undefined ? [{ number: one, text }] : [];
      });
      if (items.length > 0) return items;
    }
  }

  /** Deletes segments all of whose texts are at or below `number`. */
  async removeThrough(number: number): Promise<void> {
    while ((this.#segments[0]?.numbers.at(-1) ?? Number.POSITIVE_INFINITY) <= number)
      await this.removeOldest();
  }

  /** Returns the numbers that were in it. */
  async removeOldest(): Promise<number[]> {
    const [segment] = this.#segments;
    if (segment === undefined) return [];
    await this.#remove(segment);
    return segment.numbers;
  }

  #segmentAbove(number: number): Segment | undefined {
    return this.#segments.find(({ numbers }) => (numbers.at(-1) ?? 0) > number);
  }

  #segmentForMore(): Segment {
    if (this.#open !== undefined && this.#open.bytes < SEGMENT_BYTES) return this.#open;
    this.#lastName += 1;
    const name = `${String(this.#lastName).padStart(NAME_DIGITS, '0')}.spool`;
    this.#open = { path: join(this.#path, name), numbers: [], bytes: 0 };
    this.#segments.push(this.#open);
    return this.#open;
  }

  /** What cannot be read any more is struck off. */
  async #textsOf(segment: Segment): Promise<string[]> {
    const known = this.#read?.segment === segment ? this.#read.texts : [];
    if (known.length >= segment.numbers.length) return known;
    const { texts } = readFrames(await this.#contentOf(segment));
    this.#read = { segment, texts };
    const missing = segment.numbers.splice(texts.length);
    if (missing.length > 0) this.#onDamaged(missing);
    // Behind the damage nothing could be read either.
    if (missing.length > 0 && this.#open === segment) this.#open = undefined;
    if (segment.numbers.length === 0) await this.#remove(segment);
    return texts;
  }

  /** Nothing for a file that is gone, or that could not be read again and again. */
  async #contentOf(segment: Segment): Promise<Buffer> {
    try {
      const content = await readFile(segment.path);
      this.#failedReads = 0;
      return content;
    } catch (error) {
      this.#failedReads += 1;
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isGone && this.#failedReads < READS_MAX) throw error;
      this.#failedReads = 0;
      return Buffer.alloc(0);
    }
  }

  async #remove(segment: Segment): Promise<void> {
    const place = this.#segments.indexOf(segment);
    if (place >= 0) this.#segments.splice(place, 1);
    if (this.#open === segment) this.#open = undefined;
    if (this.#read?.segment === segment) this.#read = undefined;
    await unlink(segment.path).catch(() => {});
  }

  async #takeUp(name: string): Promise<void> {
    const path = join(this.#path, name);
    this.#lastName = Number.parseInt(name, 10);
    const file = await readFile(path);
    const { texts, wholeBytes } = readFrames(file);
    if (texts.length === 0) return unlink(path);
    if (wholeBytes < file.length) await truncate(path, wholeBytes);
    const first = this.lastNumber + 1;
    const numbers = texts.map((_, index) => first + index);
    this.#segments.push({ path, numbers, bytes: wholeBytes });
  }
}
