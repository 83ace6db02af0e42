import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastCheck from 'fast-check';
import {
  keyValue,
  leaseKeepAliveResponse,
  memberListResponse,
  rangeResponse,
  statusResponse,
  txnRequest,
  txnResponse,
  watchResponse,
} from './messages.ts';

const ALL = {
  keyValue,
  leaseKeepAliveResponse,
  memberListResponse,
  rangeResponse,
  statusResponse,
  txnResponse,
  watchResponse,
};
const int64 = fastCheck.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const PLAIN = { noNullPrototype: true };
const FIELDS = {
  key: fastCheck.string({ unit: 'grapheme' }),
  createRevision: int64,
  modRevision: int64,
  value: fastCheck.uint8Array({ maxLength: 300 }),
  lease: int64,
};
const entries = fastCheck.record(FIELDS, PLAIN);

test('what is encoded is decoded, with defaults for what was left out', () => {
  const property = fastCheck.property(fastCheck.array(entries), int64, (kvs, revision) => {
    const header = { clusterId: 2n ** 64n - 1n, memberId: 0n, revision };
    const whole = { header, kvs, more: true };
    assert.deepEqual(rangeResponse.decode(rangeResponse.encode(whole)), whole);
  });
  fastCheck.assert(property);
  assert.deepEqual(rangeResponse.decode(new Uint8Array()), {
    header: undefined,
    kvs: [],
    more: false,
  });
});

test('bytes stand as etcd publishes them', () => {
  const put = { put: { key: 'k', value: Uint8Array.of(1), lease: 5n } };
  const compare = [{ key: 'k', target: 1, createRevision: 3n }];
  const encoded = Buffer.from(txnRequest.encode({ compare, success: [put] })).toString('hex');
  // Compare: target 2, key 3, create_revision 5; RequestOp: put 2; PutRequest: key, value, lease.
  assert.equal(encoded, '0a0710011a016b280312 0a12080a016b1201011805'.replaceAll(' ', ''));
});

test('unknown fields are skipped, whatever their type', () => {
  const known = leaseKeepAliveResponse.encode({ id: 7n, ttlSeconds: 3n });
  const unknown = Buffer.from('f20103616263 f8012a fd0101020304'.replaceAll(' ', ''), 'hex');
  const { id, ttlSeconds } = leaseKeepAliveResponse.decode(Buffer.concat([unknown, known]));
  assert.deepEqual([id, ttlSeconds], [7n, 3n]);
});

test('garbage is an error or a message, never a hang, a crash or a huge allocation', () => {
  const property = fastCheck.property(fastCheck.uint8Array({ maxLength: 200 }), (garbage) => {
    for (const message of Object.values(ALL)) {
      try {
        message.decode(garbage);
      } catch (error) {
        assert.ok(error instanceof Error);
        assert.ok(!(error instanceof TypeError), String(error.stack));
      }
    }
  });
  fastCheck.assert(property, { numRuns: 2_000 });
});

test('a good answer with flipped, lost or repeated bytes is an error or a message', () => {
  const kv = { key: 'a', createRevision: 1n, modRevision: 2n, value: Buffer.from('v'), lease: 0n };
  const good = watchResponse.encode({
    header: { clusterId: 1n, memberId: 1n, revision: 9n },
    events: [
      { type: 0, kv },
      { type: 1, kv },
    ],
  });
  const place = fastCheck.nat({ max: good.length - 1 });
  const damage = fastCheck.tuple(
    place,
    fastCheck.integer({ min: 0, max: 255 }),
    fastCheck.boolean(),
  );
  const property = fastCheck.property(fastCheck.array(damage, { maxLength: 6 }), (damages) => {
    let bytes = Buffer.from(good);
    for (const [at, byte, cuts] of damages) {
      if (cuts) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
      else bytes[at] = byte;
    }
    try {
      assert.ok(Array.isArray(watchResponse.decode(bytes).events));
    } catch (error) {
      assert.ok(error instanceof Error && !(error instanceof TypeError));
    }
  });
  fastCheck.assert(property, { numRuns: 2_000 });
});

test('values are copies: what was received may be reused', () => {
  const received = Buffer.from(keyValue.encode({ key: 'k', value: Uint8Array.of(1, 2) }));
  const { value } = keyValue.decode(received);
  received.fill(0);
  assert.deepEqual([...value], [1, 2]);
  assert.equal(value.constructor, Uint8Array);
});
