import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fastCheck from 'fast-check';
import type { Change, Entry } from '../coordination/coordination.ts';
import { ByteWriter } from './bytes.ts';
import { readRecords, type StoredRecord, writeRecord } from './effect-codec.ts';

const revision = fastCheck.bigInt({ min: 1n, max: 2n ** 63n - 1n });
const key = fastCheck.string({ unit: 'grapheme', minLength: 1, maxLength: 300 });
const entry: fastCheck.Arbitrary<Entry> = fastCheck
  .record(
    {
      key,
      value: fastCheck.uint8Array({ maxLength: 9_000 }),
      createRevision: revision,
      modRevision: revision,
      lease: fastCheck.option(revision, { nil: undefined }),
    },
    { noNullPrototype: true },
  )
  .map(({ lease, ...rest }) => (lease === undefined ? rest : { ...rest, lease }));

/** A deletion has the revision of its transaction. */
const changes = fastCheck
  .tuple(revision, fastCheck.array(fastCheck.oneof(entry, key), { maxLength: 5 }))
  .map(([at, items]): StoredRecord => {
    const change = (item: Entry | string): Change =>
      typeof item === 'string'
        ? { type: 'delete', key: item, modRevision: at }
        : { type: 'put', entry: item };
    return { type: 'changes', revision: at, changes: items.map(change) };
  });
const record: fastCheck.Arbitrary<StoredRecord> = fastCheck.oneof(
  changes,
  fastCheck.array(entry).map((entries) => ({ type: 'entries' as const, entries })),
  revision.map((at) => ({ type: 'state' as const, revision: at })),
  revision.map((lease) => ({ type: 'revoke' as const, lease })),
  fastCheck
    .tuple(revision, fastCheck.double({ min: 1_000, max: 3_600_000, noNaN: true }))
    .map(([lease, ttlMs]) => ({ type: 'grant' as const, lease, ttlMs })),
);

function encode(records: readonly StoredRecord[]): Buffer {
  const writer = new ByteWriter();
  for (const each of records) writeRecord(writer, each);
  return Buffer.from(writer.written);
}

describe('effect codec', () => {
  it('reads what it wrote', () => {
    const property = fastCheck.property(fastCheck.array(record, { maxLength: 6 }), (records) => {
      assert.deepEqual(readRecords(encode(records)), records);
    });
    fastCheck.assert(property, { numRuns: 200 });
  });

  it('refuses what is cut short', () => {
    const property = fastCheck.property(record, fastCheck.nat(), (whole, place) => {
      const bytes = encode([whole]);
      const cut = bytes.subarray(0, 1 + (place % (bytes.length - 1)));
      assert.throws(() => readRecords(cut), RangeError);
    });
    fastCheck.assert(property, { numRuns: 200 });
  });

  it('never fails otherwise, whatever it is given', () => {
    const property = fastCheck.property(fastCheck.uint8Array({ maxLength: 400 }), (garbage) => {
      // A count of four thousand million must not make an array.
      for (const start of [[], [1], [5], [5, 255, 255, 255, 255], [2], [3]]) {
        try {
          readRecords(Buffer.from([...start, ...garbage]));
        } catch (error) {
          assert.ok(error instanceof RangeError);
        }
      }
    });
    fastCheck.assert(property, { numRuns: 500 });
  });
});
