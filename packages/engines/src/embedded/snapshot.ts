// All that is in a store at one revision, as a file. It is written a part at a time, so that the process
// goes on meanwhile, and read whole.

import { readFile } from 'node:fs/promises';
import type { Entry } from '../coordination/coordination.ts';
import { ByteWriter } from './bytes.ts';
import { readRecords, type StoredRecord, writeRecord } from './effect-codec.ts';
import { decodeHeader, encodeHeader, FILE_HEADER_BYTES, type FileHeader } from './file-header.ts';
import { FRAME_HEADER_BYTES, readFrames, sealFrame } from './frames.ts';
import { damaged } from './journal-error.ts';
import { writeAll } from './journal-file.ts';
import type { JournalFolder } from './journal-folder.ts';
import type { StoreState } from './revision-store.ts';

/** Of one frame, about: some milliseconds of this thread. */
const PART_BYTES = 1024 * 1024;
/** Of revisions and lengths. */
const ENTRY_BYTES = 32;

/** Returns its size. */
export async function writeSnapshot(
  folder: JournalFolder,
  header: FileHeader,
  state: StoreState,
): Promise<number> {
  let position = FILE_HEADER_BYTES;
  await folder.create('snapshot', header.generation, async (file) => {
    await writeAll(file, encodeHeader(header), 0);
    for (const records of partsOf(state)) {
      const writer = new ByteWriter(FRAME_HEADER_BYTES);
      for (const record of records) writeRecord(writer, record);
      const frame = sealFrame(writer.written, header.salt);
      await writeAll(file, frame, position);
      position += frame.length;
    }
  });
  return position;
}

/** Throws STORE_FAILED, STORE_TOO_NEW. */
export async function readSnapshot(
  path: string,
): Promise<{ header: FileHeader; state: StoreState; bytes: number }> {
  const file = await readFile(path);
  const header = decodeHeader(path, file, 'snapshot');
  const { contents, end } = readFrames(file, FILE_HEADER_BYTES, header.salt);
  // It got its name when all of it was on disk.
  if (end !== file.length) throw damaged(path, `there is no whole frame at byte ${end}`);
  const [first, ...records] = contents.flatMap(readRecords);
  if (first?.type !== 'state') throw damaged(path, 'it does not begin with a revision');
  const entries: Entry[] = [];
  const leases: { id: bigint; ttlMs: number }[] = [];
  for (const record of records) {
    if (record.type === 'grant') leases.push({ id: record.lease, ttlMs: record.ttlMs });
    else if (record.type === 'entries') entries.push(...record.entries);
    else throw damaged(path, `it holds a record of type ${record.type}`);
  }
  return { header, state: { revision: first.revision, leases, entries }, bytes: file.length };
}

function* partsOf({ revision, leases, entries }: StoreState): Generator<StoredRecord[]> {
  yield [
    { type: 'state', revision },
    ...leases.map(({ id, ttlMs }): StoredRecord => ({ type: 'grant', lease: id, ttlMs })),
  ];
  let part: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    part.push(entry);
    bytes += ENTRY_BYTES + entry.key.length + entry.value.length;
    if (bytes < PART_BYTES) continue;
    yield [{ type: 'entries', entries: part }];
    part = [];
    bytes = 0;
  }
  if (part.length > 0) yield [{ type: 'entries', entries: part }];
}
