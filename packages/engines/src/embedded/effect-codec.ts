// Effects and the state of a store as bytes, as they lie in journal and snapshot. Whatever is read is
// checked: bytes that are no record are a fault of the file, never a wrong record.

import type { Change, Entry } from '../coordination/coordination.ts';
import { ByteReader, type ByteWriter } from './bytes.ts';
import type { Effect } from './effect.ts';

/** What snapshots hold beside grants. */
export type StateRecord =
  | { type: 'state'; revision: bigint }
  /** A part of them, ascending by key. */
  | { type: 'entries'; entries: Entry[] };

export type StoredRecord = Effect | StateRecord;

/** On disk: never change, never reuse. */
const CODES = { changes: 1, grant: 2, revoke: 3, state: 4, entries: 5 } as const;
const [DELETE, PUT] = [0, 1];

export function writeRecord(writer: ByteWriter, record: StoredRecord): void {
  writer.byte(CODES[record.type]);
  if (record.type === 'changes') {
    writer.long(record.revision);
    writer.integer(record.changes.length);
    for (const change of record.changes) writeChange(writer, change);
  } else if (record.type === 'entries') {
    writer.integer(record.entries.length);
    for (const entry of record.entries) writeEntry(writer, entry);
  } else if (record.type === 'state') {
    writer.long(record.revision);
  } else {
    writer.long(record.lease);
    if (record.type === 'grant') writer.double(record.ttlMs);
  }
}

/** All records of one frame. Throws a RangeError for what is none. */
export function readRecords(bytes: Buffer): StoredRecord[] {
  const reader = new ByteReader(bytes);
  const records: StoredRecord[] = [];
  while (reader.left > 0) records.push(readRecord(reader));
  return records;
}

function readRecord(reader: ByteReader): StoredRecord {
  const code = reader.byte();
  if (code === CODES.changes) {
    const revision = reader.long();
    const changes = readMany(reader, () => readChange(reader, revision));
    return { type: 'changes', revision, changes };
  }
  if (code === CODES.entries) {
    return { type: 'entries', entries: readMany(reader, () => readEntry(reader)) };
  }
  if (code === CODES.state) return { type: 'state', revision: reader.long() };
  if (code === CODES.revoke) return { type: 'revoke', lease: reader.long() };
  if (code !== CODES.grant) throw new RangeError(`There is no record of type ${code}`);
  return { type: 'grant', lease: reader.long(), ttlMs: reader.double() };
}

function readMany<T>(reader: ByteReader, read: () => T): T[] {
  const count = reader.integer();
  // Each takes at least a byte: a count that lies must not make a large array.
  if (count > reader.left) throw new RangeError(`${count} items do not fit in what is left`);
  return Array.from({ length: count }, read);
}

function writeChange(writer: ByteWriter, change: Change): void {
  writer.byte(change.type === 'put' ? PUT : DELETE);
  if (change.type === 'put') writeEntry(writer, change.entry);
  else writer.text(change.key);
}

function readChange(reader: ByteReader, modRevision: bigint): Change {
  const type = reader.byte();
  if (type === PUT) return { type: 'put', entry: readEntry(reader) };
  if (type === DELETE) return { type: 'delete', key: reader.text(), modRevision };
  throw new RangeError(`There is no change of type ${type}`);
}

function writeEntry(writer: ByteWriter, entry: Entry): void {
  writer.text(entry.key);
  writer.long(entry.createRevision);
  writer.long(entry.modRevision);
  writer.long(entry.lease ?? 0n);
  writer.bytes(entry.value);
}

function readEntry(reader: ByteReader): Entry {
  const key = reader.text();
  const [createRevision, modRevision, lease] = [reader.long(), reader.long(), reader.long()];
  const entry: Entry = { key, value: reader.bytes(), createRevision, modRevision };
  if (lease !== 0n) entry.lease = lease;
  return Object.freeze(entry);
}
