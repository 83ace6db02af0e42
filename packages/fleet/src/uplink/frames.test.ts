import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeFrames, readFrames } from './frames.ts';

const anyTexts = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), {
  maxLength: 20,
});

test('what was written is read, whole', () => {
  fc.assert(
    fc.property(anyTexts, (texts) => {
      const file = encodeFrames(texts);
      assert.deepEqual(readFrames(file), { texts, wholeBytes: file.length });
    }),
  );
});

test('a torn end costs only what was torn', () => {
  fc.assert(
    fc.property(anyTexts, fc.nat(), (texts, cut) => {
      const file = encodeFrames(texts);
      const torn = file.subarray(0, cut % (file.length + 1));
      const read = readFrames(torn);
      assert.deepEqual(read.texts, texts.slice(0, read.texts.length));
      assert.ok(read.texts.length === texts.length || torn.length < file.length);
      assert.equal(encodeFrames(read.texts).length, read.wholeBytes);
      const next = texts[read.texts.length];
      if (next !== undefined)
        assert.ok(torn.length < read.wholeBytes + 8 + Buffer.byteLength(next), 'none too few');
    }),
  );
});

test('a flipped bit ends the reading before it, never after', () => {
  fc.assert(
    fc.property(anyTexts, fc.nat(), fc.integer({ min: 0, max: 7 }), (texts, place, bit) => {
      const file = encodeFrames(texts);
      fc.pre(file.length > 0);
      const at = place % file.length;
      file.writeUInt8(file.readUInt8(at) ^ (1 << bit), at);
      const read = readFrames(file);
      assert.deepEqual(read.texts, texts.slice(0, read.texts.length));
      assert.ok(read.wholeBytes <= at);
    }),
  );
});

test('whatever bytes come in, it ends, and reads nothing twice', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const { texts, wholeBytes } = readFrames(Buffer.from(bytes));
      assert.ok(wholeBytes <= bytes.length && texts.length * 9 <= bytes.length);
    }),
  );
  assert.deepEqual(readFrames(Buffer.alloc(64)).texts, [], 'a hole of zeros holds nothing');
});
