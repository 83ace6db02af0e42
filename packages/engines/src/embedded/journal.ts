// Keeps effects on disk. The journal only grows, so from time to time a new one is begun, a snapshot of
// what was before it is written meanwhile, and what both make needless is removed. Whenever the
// process dies, the newest snapshot and the journals since give all that was acknowledged.

import type { Chance, Clock, HoldfastError, Logger } from '@holdfast/kernel';
import type { Keeper } from './commit-queue.ts';
import type { Effect } from './effect.ts';
import { encodeHeader, FILE_HEADER_BYTES, type FileHeader, newSalt } from './file-header.ts';
import { cannotWrite } from './journal-error.ts';
import { JournalFile, writeAll } from './journal-file.ts';
import type { JournalFolder } from './journal-folder.ts';
import type { Recovered } from './recover.ts';
import type { RevisionStore } from './revision-store.ts';
import { writeSnapshot } from './snapshot.ts';

/** After a snapshot could not be written. */
const ROTATE_AGAIN_MS = 10_000;

export interface JournalParts {
  folder: JournalFolder;
  clock: Clock;
  chance: Chance;
  logger: Logger;
  /** A new journal is begun at this size, or at that of the last snapshot where that is larger. */
  journalBytes: number;
}

export class Journal implements Keeper {
  readonly #parts: JournalParts;
  readonly #store: RevisionStore;
  #header: FileHeader;
  #file: JournalFile;
  #snapshotBytes: number;
  #snapshot: Promise<void> | undefined;
  #rotateAfterMs = Number.NEGATIVE_INFINITY;
  /** The disk took nothing last time. */
  #refusal: HoldfastError | undefined;

  private constructor(parts: JournalParts, recovered: Recovered, file: JournalFile) {
    this.#parts = parts;
    this.#store = recovered.store;
    this.#header = recovered.header;
    this.#snapshotBytes = recovered.snapshotBytes;
    this.#file = file;
  }

  static async resume(parts: JournalParts, recovered: Recovered): Promise<Journal> {
    const { header, journalBytes, tornBytes } = recovered;
    const path = parts.folder.pathOf('journal', header.generation);
    if (tornBytes > 0) parts.logger.warn('torn end of journal cut off', { path, tornBytes });
    const file = await JournalFile.open(path, header.salt, journalBytes);
    return new Journal(parts, recovered, file);
  }

  static async begin(parts: JournalParts, store: RevisionStore, cluster: string): Promise<Journal> {
    const header = {
      kind: 'journal',
      generation: 0,
      cluster,
      salt: newSalt(parts.chance),
    } as const;
    const file = await createFile(parts.folder, header);
    const journalBytes = FILE_HEADER_BYTES;
    return new Journal(
      parts,
      { store, header, journalBytes, tornBytes: 0, snapshotBytes: 0 },
      file,
    );
  }

  async write(effects: readonly Effect[]): Promise<void> {
    // A snapshot holds what is committed: what was written since must stay in one journal.
    if (this.#file.isSynced && this.#mayRotate()) await this.#rotate();
    await this.#orSay(() => this.#file.write(effects));
  }

  async sync(): Promise<void> {
    await this.#orSay(() => this.#file.sync());
    if (this.#refusal !== undefined) this.#parts.logger.info('coordination can write again');
    this.#refusal = undefined;
  }

  /** While the disk takes nothing. */
  warnings(): string[] {
    return this.#refusal === undefined ? [] : [`${this.#refusal.message}. ${this.#refusal.cure}`];
  }

  async close(): Promise<void> {
    await this.#snapshot;
    await this.#file.close();
  }

  async #orSay(step: () => Promise<void>): Promise<void> {
    const { folder, logger } = this.#parts;
    try {
      await step();
    } catch (error) {
      if (this.#refusal === undefined) logger.error('coordination cannot write', { error });
      this.#refusal = cannotWrite(folder.path, error);
      throw this.#refusal;
    }
  }

  #mayRotate(): boolean {
    const isLong = this.#file.bytes > Math.max(this.#parts.journalBytes, this.#snapshotBytes);
    const isRested = this.#parts.clock.nowMs() >= this.#rotateAfterMs;
    return isLong && isRested && this.#snapshot === undefined;
  }

  /** What was committed so far goes into a snapshot, what comes into a new journal. Never rejects. */
  async #rotate(): Promise<void> {
    const { chance, folder } = this.#parts;
    const generation = this.#header.generation + 1;
    const header = { ...this.#header, generation, salt: newSalt(chance) };
    const state = this.#store.state();
    try {
      // Only the last journal may have a torn end.
      await this.#file.settle();
      const [before, file] = [this.#file, await createFile(folder, header)];
      this.#file = file;
      this.#header = header;
      await before.close();
    } catch (error) {
      this.#postpone(error);
      return;
    }
    this.#snapshot = writeSnapshot(folder, { ...header, kind: 'snapshot' }, state)
      .then(async (bytes) => {
        this.#snapshotBytes = bytes;
        await folder.removeBefore(generation);
      })
      .catch((error: unknown) => this.#postpone(error))
      .finally(() => {
        this.#snapshot = undefined;
      });
  }

  /** The journals go on, and hold everything. */
  #postpone(error: unknown): void {
    this.#rotateAfterMs = this.#parts.clock.nowMs() + ROTATE_AGAIN_MS;
    this.#parts.logger.warn('journal not shortened, trying again later', { error });
  }
}

async function createFile(folder: JournalFolder, header: FileHeader): Promise<JournalFile> {
  await folder.create('journal', header.generation, (file) =>
    writeAll(file, encodeHeader(header), 0),
  );
  const path = folder.pathOf('journal', header.generation);
  return JournalFile.open(path, header.salt, FILE_HEADER_BYTES);
}
