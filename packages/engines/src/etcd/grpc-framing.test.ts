import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastCheck from 'fast-check';
import { GrpcFailure, STATUS } from './grpc-failure.ts';
import { FrameJoiner, framed } from './grpc-framing.ts';

const BYTES_MAX = 1_000;

test('messages come out as they went in, however they were cut', () => {
  const messages = fastCheck.array(fastCheck.uint8Array({ maxLength: 60 }), { minLength: 1 });
  const cuts = fastCheck.array(fastCheck.integer({ min: 1, max: 30 }), { minLength: 1 });
  const property = fastCheck.property(messages, cuts, (sent, lengths) => {
    const joiner = new FrameJoiner(BYTES_MAX);
    const whole = Buffer.concat(sent.map(framed));
    const received: Buffer[] = [];
    for (let at = 0, turn = 0; at < whole.length; turn += 1) {
      const end = at + (lengths[turn % lengths.length] ?? 1);
      received.push(...joiner.push(whole.subarray(at, end)));
      at = end;
    }
    assert.deepEqual(
      received.map((one) => one.toString('hex')),
      sent.map((one) => Buffer.from(one).toString('hex')),
    );
  });
  fastCheck.assert(property);
});

test('a length beyond the bound is refused before its bytes are awaited', () => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(BYTES_MAX + 1, 1);
  for (const pieces of [[head], [head.subarray(0, 3), head.subarray(3)]]) {
    const joiner = new FrameJoiner(BYTES_MAX);
    assert.throws(
      () => {
        for (const piece of pieces) joiner.push(piece);
      },
      (error) => error instanceof GrpcFailure && error.status === STATUS.resourceExhausted,
    );
  }
});

test('a compressed message is refused', () => {
  const compressed = framed(Uint8Array.of(1));
  compressed[0] = 1;
  assert.throws(() => new FrameJoiner(BYTES_MAX).push(compressed), GrpcFailure);
});
