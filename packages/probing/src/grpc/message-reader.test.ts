import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { frameMessage, type GrpcMessage, MessageReader } from './message-reader.ts';

const BYTES_MAX = 300;

function readAll(pieces: readonly Uint8Array[]) {
  const messages: GrpcMessage[] = [];
  const reader = new MessageReader(BYTES_MAX, (message) => {
    messages.push(message);
    return true;
  });
  for (const piece of pieces) reader.feed(piece);
  return { messages, problem: reader.problem, within: reader.withinMessage };
}

/** Cuts at the given places, in whatever order they are. */
function split(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length];
  const sorted = cuts.sort((a, b) => a - b);
  return sorted.slice(1).map((end, at) => bytes.slice(sorted[at], end));
}

test('messages come back as they were framed, whatever the split', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: BYTES_MAX }), { maxLength: 5 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      (sent, places) => {
        const bytes = Buffer.concat(sent.map(frameMessage));
        const { messages, problem, within } = readAll(split(bytes, places));
        assert.deepEqual(
          messages.map((message) => [...message.bytes]),
          sent.map((message) => [...message]),
        );
        assert.deepEqual([problem, within], [undefined, false]);
      },
    ),
  );
});

test('any bytes read the same whatever the split, and never throw', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => bytes.map((byte) => byte % 5)),
      fc.array(fc.nat(), { maxLength: 20 }),
      (bytes, places) => {
        assert.deepEqual(readAll(split(bytes, places)), readAll([bytes]));
      },
    ),
  );
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      readAll([bytes]);
    }),
  );
});

test('a length over the limit is refused by its prefix alone', () => {
  const { messages, problem } = readAll([
    frameMessage(new Uint8Array(BYTES_MAX + 1)).subarray(0, 5),
  ]);
  assert.deepEqual([messages, problem?.code], [[], 'PROTOCOL_LIMIT_EXCEEDED']);
  assert.match(problem?.message ?? '', /301 bytes, the check allows 300/);
});

test('a flag that gRPC does not have', () => {
  const { problem } = readAll([Buffer.from([2, 0, 0, 0, 0])]);
  assert.equal(problem?.code, 'PROTOCOL_INVALID_ANSWER');
});

test('what is not wanted any more is not read', () => {
  let count = 0;
  const reader = new MessageReader(BYTES_MAX, () => {
    count += 1;
    return false;
  });
  reader.feed(Buffer.concat([frameMessage(Buffer.from('a')), frameMessage(Buffer.from('b'))]));
  assert.equal(count, 1);
});

test('a message that has begun and is not whole', () => {
  assert.equal(readAll([Buffer.from([0, 0, 0, 0, 2, 1])]).within, true);
  assert.equal(readAll([Buffer.from([0, 0])]).within, true);
});
