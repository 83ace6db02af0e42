// The folder of coordination: which journals and snapshots there are, and how a new file gets its name
// only when all of it is on disk, so that a file with a proper name is never half of one.

import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { FileKind } from './file-header.ts';

const UNFINISHED = '.unfinished';
const NAME = /^(journal|snapshot)-(\d{8})$/;

export interface Generations {
  /** Ascending. */
  journal: number[];
  snapshot: number[];
}

export class JournalFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  pathOf(kind: FileKind, generation: number): string {
    return join(this.path, `${kind}-${String(generation).padStart(8, '0')}`);
  }

  /** Makes the folder when needed and sweeps what was never finished. */
  async generations(): Promise<Generations> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    const found: Generations = { journal: [], snapshot: [] };
    for (const name of await readdir(this.path)) {
      if (name.endsWith(UNFINISHED)) await rm(join(this.path, name), { force: true });
      const [, kind, digits] = NAME.exec(name) ?? [];
      if (kind !== undefined) found[kind as FileKind].push(Number(digits));
    }
    for (const list of Object.values(found)) list.sort((a: number, b: number) => a - b);
    return found;
  }

  /** `write` gives the content; the name appears when it is on disk. Leaves nothing when it fails. */
  async create(
    kind: FileKind,
    generation: number,
    write: (file: FileHandle) => Promise<void>,
  ): Promise<void> {
    const path = this.pathOf(kind, generation);
    const unfinished = path + UNFINISHED;
    try {
      const file = await open(unfinished, 'w', 0o600);
      try {
        await write(file);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, path);
      await this.#sync();
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => {});
      throw error;
    }
  }

  /** Those that a snapshot has made needless. */
  async removeBefore(generation: number): Promise<void> {
    const found = await this.generations();
    for (const kind of ['journal', 'snapshot'] as const)
      for (const each of found[kind])
        if (each < generation) await rm(this.pathOf(kind, each), { force: true });
  }

  /** A name is on disk once its folder is, and that of the folder once what it stands in is. */
  async #sync(): Promise<void> {
    // Windows has no such call, and keeps names by itself.
    if (process.platform === 'win32') return;
    for (const path of [this.path, dirname(resolve(this.path))]) {
      const folder = await open(path, constants.O_RDONLY);
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    }
  }
}
