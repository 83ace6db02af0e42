// What the folder holds, read into a store: the newest snapshot, then every journal since. Only the end
// of the last journal may be torn, by a process that died while it wrote: that was never acknowledged
// and is left out. Anything else that does not fit is refused, for it may hide what was acknowledged.

import { readFile } from 'node:fs/promises';
import type { Effect } from './effect.ts';
import { readRecords } from './effect-codec.ts';
import { decodeHeader, FILE_HEADER_BYTES, type FileHeader } from './file-header.ts';
import { readFrames } from './frames.ts';
import type { HistoryBounds } from './history.ts';
import { damaged } from './journal-error.ts';
import type { Generations, JournalFolder } from './journal-folder.ts';
import { RevisionStore } from './revision-store.ts';
import { readSnapshot } from './snapshot.ts';

export interface Recovered {
  store: RevisionStore;
  /** Of the last journal. */
  header: FileHeader;
  /** So much of the last journal counts. */
  journalBytes: number;
  /** So much behind it is torn. */
  tornBytes: number;
  /** 0 = there is none. */
  snapshotBytes: number;
}

/** Undefined when there is nothing yet. Throws STORE_FAILED, STORE_TOO_NEW. */
export async function recover(
  folder: JournalFolder,
  found: Generations,
  bounds: HistoryBounds,
  nowMs: number,
): Promise<Recovered | undefined> {
  const base = found.snapshot.at(-1);
  const first = base ?? 0;
  const last = found.journal.at(-1);
  if (last === undefined && base === undefined) return undefined;
  if (last === undefined || last < first) throw missing(folder, first);
  const snapshot =
    base === undefined ? undefined : await readSnapshot(folder.pathOf('snapshot', base));
  const store = new RevisionStore(bounds, snapshot?.state);
  let header = snapshot?.header;
  for (let generation = first; ; generation += 1) {
    if (!found.journal.includes(generation)) throw missing(folder, generation);
    const path = folder.pathOf('journal', generation);
    const file = await readFile(path);
    const own = decodeHeader(path, file, 'journal');
    if (own.generation !== generation || (header && header.cluster !== own.cluster))
      throw damaged(path, 'it belongs to another store or stands under a wrong name');
    header = own;
    const { contents, end, isDamaged } = readFrames(file, FILE_HEADER_BYTES, own.salt);
    const tornBytes = file.length - end;
    if (isDamaged || (tornBytes > 0 && generation < last))
      throw damaged(path, `there is no whole frame at byte ${end}`);
    for (const content of contents) replay(store, content, path, nowMs);
    if (generation === last)
      return { store, header, journalBytes: end, tornBytes, snapshotBytes: snapshot?.bytes ?? 0 };
  }
}

function replay(store: RevisionStore, content: Buffer, path: string, nowMs: number): void {
  for (const record of readRecords(content)) {
    if (record.type === 'state' || record.type === 'entries')
      throw damaged(path, `it holds a record of type ${record.type}`);
    if (!isNext(record, store))
      throw damaged(path, `a revision is missing after ${store.revision}`);
    store.apply(record, nowMs);
  }
  store.compactSurplus(nowMs);
}

function isNext(effect: Effect, store: RevisionStore): boolean {
  return effect.type !== 'changes' || effect.revision === store.revision + 1n;
}

function missing(folder: JournalFolder, generation: number): Error {
  return damaged(folder.path, `${folder.pathOf('journal', generation)} is missing`);
}
