import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FrameCollector, framed } from './length-framing.ts';

test('messages come out whole, however the bytes are cut', () => {
  const message = fc.uint8Array({ maxLength: 40 });
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 5 }), sizes, (messages, cuts) => {
      const stream = Buffer.concat(messages.map((bytes) => framed(Buffer.from(bytes))));
      const collector = new FrameCollector();
      const received: Buffer[] = [];
      const shared = Buffer.alloc(30);
      for (let at = 0, turn = 0; at < stream.length; turn += 1) {
        const size = Math.min(cuts[turn % cuts.length] ?? 1, stream.length - at);
        // As sockets do: each piece overwrites the one before.
        stream.copy(shared, 0, at, at + size);
        received.push(...collector.feed(shared.subarray(0, size)));
        at += size;
      }
      assert.deepEqual(
        received.map((bytes) => [...bytes]),
        messages.map((bytes) => [...bytes]),
      );
      assert.equal(collector.inMessage, false);
    }),
  );
});

test('a message that is not whole is known to have begun', () => {
  const collector = new FrameCollector();
  assert.equal(collector.inMessage, false);
  assert.deepEqual(collector.feed(Buffer.of(0)), []);
  assert.deepEqual(collector.feed(Buffer.of(2, 7)), []);
  assert.equal(collector.inMessage, true);
  assert.deepEqual(collector.feed(Buffer.of(8)), [Buffer.of(7, 8)]);
  assert.equal(collector.inMessage, false);
});
