// One journal: effects are added at its end, on disk before anybody hears of them. What could not be
// written whole is cut off again before anything else is added, so that the file never holds what
// was refused.

import { type FileHandle, open } from 'node:fs/promises';
import { ByteWriter } from './bytes.ts';
import type { Effect } from './effect.ts';
import { writeRecord } from './effect-codec.ts';
import { FRAME_HEADER_BYTES, sealFrame } from './frames.ts';

export class JournalFile {
  readonly #file: FileHandle;
  readonly #salt: number;
  /** All before it is whole and on disk, and counts. */
  #bytes: number;
  /** Written, not yet told to be on disk; at least `#bytes`. */
  #writtenBytes: number;
  /** There may be more in the file than counts. */
  #isRagged: boolean;

  private constructor(file: FileHandle, salt: number, bytes: number) {
    this.#file = file;
    this.#salt = salt;
    this.#bytes = this.#writtenBytes = bytes;
    this.#isRagged = false;
  }

  /** `bytes` of it count; what is beyond is cut off. */
  static async open(path: string, salt: number, bytes: number): Promise<JournalFile> {
    const journal = new JournalFile(await open(path, 'r+'), salt, bytes);
    try {
      await journal.#cut();
      return journal;
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Nothing was written that is not told to be on disk. */
  get isSynced(): boolean {
    return this.#writtenBytes === this.#bytes;
  }

  /** One call after another only. When it rejects, nothing since the last `sync` counts. */
  async write(effects: readonly Effect[]): Promise<void> {
    await this.settle();
    const writer = new ByteWriter(FRAME_HEADER_BYTES);
    for (const effect of effects) writeRecord(writer, effect);
    const frame = sealFrame(writer.written, this.#salt);
    await this.#tryOrCut(() => writeAll(this.#file, frame, this.#writtenBytes));
    this.#writtenBytes += frame.length;
  }

  /** As `write`. */
  async sync(): Promise<void> {
    await this.#tryOrCut(() => this.#file.datasync());
    this.#bytes = this.#writtenBytes;
  }

  /** Rejects while it holds more than counts. */
  async settle(): Promise<void> {
    if (this.#isRagged) await this.#cut();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #tryOrCut(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#isRagged = true;
      // Best at once, for who starts after a crash cannot know what was refused; else before the next.
      await this.#cut().catch(() => {});
      throw error;
    }
  }

  async #cut(): Promise<void> {
    this.#writtenBytes = this.#bytes;
    await this.#file.truncate(this.#bytes);
    await this.#file.datasync();
    this.#isRagged = false;
  }
}

/** The system may take a part at a time. */
export async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
