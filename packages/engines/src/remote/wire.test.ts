import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from '@holdfast/kernel';
import fc from 'fast-check';
import type { Change, Compare, Entry, Operation } from '../coordination/coordination.ts';
import { writeError } from './told-error.ts';
import {
  readError,
  readFacts,
  readFoundEntry,
  readGrant,
  readListing,
  readReleased,
  readRenewals,
  readTransactionAnswer,
  readWatchItem,
  writeFoundEntry,
  writeGrant,
  writeListing,
  writeRenewals,
  writeTransactionAnswer,
  writeWatchItem,
} from './wire-answers.ts';
import { Malformed } from './wire-reader.ts';
import {
  readGrantRequest,
  readKeyRequest,
  readListRequest,
  readProvenLease,
  readRenewRequest,
  readTransaction,
  readWatchRequest,
  writeListRequest,
  writeProvenLease,
  writeTransaction,
  writeWatchRequest,
} from './wire-requests.ts';

const number = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const key = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
const value = fc.uint8Array({ maxLength: 50 });
const entry: fc.Arbitrary<Entry> = fc.record(
  { key, value, createRevision: number, modRevision: number, lease: number },
  { requiredKeys: ['key', 'value', 'createRevision', 'modRevision'] },
);
const compare: fc.Arbitrary<Compare> = fc.oneof(
  fc.record({ key, value }),
  fc.record({ key, createRevision: number }),
  fc.record({ key, modRevision: number }),
);
const putOperation = fc.record(
  { type: fc.constant('put' as const), key, value, lease: number },
  { requiredKeys: ['type', 'key', 'value'] },
);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  putOperation,
  fc.record({ type: fc.constantFrom('get' as const, 'delete' as const), key }),
);
const branch = fc.array(operation, { maxLength: 6 });
const proven = fc.record({ id: number, proof: fc.string({ maxLength: 50 }) });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ type: fc.constant('put' as const), entry }),
  fc.record({ type: fc.constant('delete' as const), key, modRevision: number }),
);

/** As it is after a journey. */
function sent(body: object): unknown {
  return JSON.parse(JSON.stringify(body));
}

function plain<T>(record: T): T {
  return structuredClone(record);
}

test('transactions arrive as they were sent', () => {
  const transaction = fc
    .tuple(fc.array(compare, { maxLength: 4 }), branch, fc.option(branch, { nil: undefined }))
    .map(([conditions, then, otherwise]) => ({
      if: conditions,
      then,
      ...(otherwise && { else: otherwise }),
    }));
  fc.assert(
    fc.property(transaction, fc.array(proven, { maxLength: 3 }), (one, proofs) => {
      const read = readTransaction(sent(writeTransaction({ transaction: one, proofs })));
      assert.deepEqual(plain(read), plain({ transaction: one, proofs }));
    }),
  );
});

test('other requests arrive as they were sent', () => {
  fc.assert(
    fc.property(key, number, proven, (text, revision, lease) => {
      assert.deepEqual(readListRequest(sent(writeListRequest(text, revision))), {
        prefix: text,
        at: revision,
      });
      assert.deepEqual(readListRequest(sent(writeListRequest('', undefined))), { prefix: '' });
      assert.deepEqual(readWatchRequest(sent(writeWatchRequest(text, revision))), {
        prefix: text,
        from: revision,
      });
      assert.deepEqual(readProvenLease(sent(writeProvenLease(lease))), plain(lease));
    }),
  );
});

test('answers arrive as they were given', () => {
  const entries = fc.array(entry, { maxLength: 5 });
  fc.assert(
    fc.property(entries, number, fc.array(change, { maxLength: 5 }), (found, revision, changes) => {
      const listing = { entries: found, revision, cluster: 'c1' };
      assert.deepEqual(plain(readListing(sent(writeListing(listing)))), plain(listing));
      const answer = { done: true, revision, entries: found };
      assert.deepEqual(
        plain(readTransactionAnswer(sent(writeTransactionAnswer(answer)))),
        plain(answer),
      );
      const item = { cluster: 'c1', revision, changes };
      assert.deepEqual(plain(readWatchItem(sent(writeWatchItem(item)))), plain(item));
      const [first] = found;
      assert.deepEqual(plain(readFoundEntry(sent(writeFoundEntry(first)))), plain(first));
      const granted = { id: revision, ttlMs: 2_000, proof: 'p' };
      assert.deepEqual(readGrant(sent(writeGrant(granted))), granted);
      const error = new HoldfastError('LEASE_LOST', 'gone', 'take another');
      const renewals = [
        { id: revision, ttlMs: 3_000 },
        { id: 7n, error },
      ];
      assert.deepEqual(readRenewals(sent(writeRenewals(renewals))), renewals);
    }),
  );
});

test('errors of the contract stay what they are, others become failures of coordination', () => {
  const told = (error: unknown) => readError(sent(writeError(error)));
  const lost = told(new HoldfastError('COMPACTED', 'what', 'cure'));
  assert.deepEqual([lost.code, lost.message, lost.cure], ['COMPACTED', 'what', 'cure']);
  for (const error of [new Error('/etc/secret'), new HoldfastError('STORE_FAILED', 'what', 'cure')])
    assert.equal(told(error).code, 'COORDINATION_FAILED');
  assert.doesNotMatch(told(new Error('/etc/secret')).message, /secret/);
  const invented = { code: '__proto__', message: 'm', cure: 'c' };
  assert.throws(() => readError(invented), Malformed);
});

const READERS: ((body: unknown) => unknown)[] = [
  readTransaction,
  readKeyRequest,
  readListRequest,
  readWatchRequest,
  readGrantRequest,
  readProvenLease,
  readRenewRequest,
  readListing,
  readTransactionAnswer,
  readFoundEntry,
  readReleased,
  readWatchItem,
  readGrant,
  readRenewals,
  readFacts,
  readError,
];

test('whatever is sent is read or refused, and nothing else', () => {
  const names = fc.constantFrom(
    ...['if', 'then', 'else', 'key', 'value', 'type', 'lease', 'prefix', 'from', 'at', 'ttlMs'],
    ...['id', 'proof', 'proofs', 'leases', 'entries', 'entry', 'revision', 'changes', 'code'],
    ...['createRevision', 'modRevision', 'deleted', 'done', 'cluster', 'error', 'members'],
  );
  const { body } = fc.letrec((tie) => ({
    body: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('put', 'get', 'AAAA', '12', '-1', '', '9223372036854775808', 'é', '\ud800'),
      fc.anything(),
      fc.array(tie('body'), { maxLength: 3 }),
      fc.dictionary(names, tie('body'), { maxKeys: 6 }),
    ),
  }));
  fc.assert(
    fc.property(body, fc.constantFrom(...READERS), (sentBody, read) => {
      try {
        read(sentBody);
      } catch (error) {
        assert.ok(error instanceof Malformed, String(error));
        assert.ok(error.message.length < 200);
      }
    }),
    { numRuns: 5_000 },
  );
});

test('what is out of bounds is refused', () => {
  const operations = (count: number) => Array(count).fill({ type: 'get', key: 'a' });
  const body = (parts: object) => ({ if: [], then: [], ...parts });
  const large = Buffer.alloc(1024 * 1024 + 1).toString('base64');
  readTransaction(body({ else: operations(128) }));
  for (const bad of [
    body({ else: operations(129) }),
    body({ if: [{ key: 'a' }] }),
    body({ if: [{ key: 'a', createRevision: '1', modRevision: '1' }] }),
    body({ if: [{ key: 'a', createRevision: 1 }] }),
    body({ if: [{ key: 'a', createRevision: '01' }] }),
    body({ if: [{ key: 'a', createRevision: '9223372036854775808' }] }),
    body({ else: [{ type: 'put', key: 'a', value: large }] }),
    body({ else: [{ type: 'put', key: 'a', value: 'AAA' }] }),
    body({ else: [{ type: 'put', key: 'a', value: 'AA*=' }] }),
    body({ else: [{ type: 'put', key: 'a'.repeat(1_025), value: '' }] }),
    body({ else: [{ type: 'put', key: '', value: '' }] }),
    body({ else: [{ type: 'put', key: '\ud800', value: '' }] }),
    body({ proofs: Array(300).fill({ id: '1' }) }),
  ])
    assert.throws(() => readTransaction(bad), Malformed);
});
