import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fastCheck from 'fast-check';
import { FRAME_HEADER_BYTES, readFrames, sealFrame } from './frames.ts';

const SALT = 0x1234_5678;

function frame(content: Uint8Array, salt = SALT): Buffer {
  return sealFrame(Buffer.concat([Buffer.alloc(FRAME_HEADER_BYTES), content]), salt);
}

const contents = fastCheck.array(fastCheck.uint8Array({ maxLength: 60 }), {
  minLength: 1,
  maxLength: 6,
});

describe('frames', () => {
  it('reads what was sealed', () => {
    const property = fastCheck.property(contents, (each) => {
      const file = Buffer.concat(each.map((content) => frame(content)));
      const { contents: read, end, isDamaged } = readFrames(file, 0, SALT);
      assert.deepEqual(
        read.map((content) => new Uint8Array(content)),
        each,
      );
      assert.deepEqual([end, isDamaged], [file.length, false]);
    });
    fastCheck.assert(property);
  });

  it('cuts a torn end at the last whole frame, wherever it is torn', () => {
    const frames = [[1], [2, 3], [4, 5, 6]].map((content) => frame(Uint8Array.from(content)));
    const file = Buffer.concat(frames);
    const ends = [0, ...frames.map((_, index) => Buffer.concat(frames.slice(0, index + 1)).length)];
    for (let length = 0; length <= file.length; length += 1) {
      for (const tail of [Buffer.alloc(0), Buffer.alloc(100)]) {
        const torn = Buffer.concat([file.subarray(0, length), tail]);
        const { end, isDamaged } = readFrames(torn, 0, SALT);
        assert.equal(
          end,
          ends.findLast((each) => each <= length),
        );
        assert.equal(isDamaged, false);
      }
    }
  });

  it('tells damage before whole frames, whatever bit of it', () => {
    const last = frame(Uint8Array.from([9, 9]));
    const first = frame(Uint8Array.from([1, 2, 3, 4]));
    for (let bit = 0; bit < first.length * 8; bit += 1) {
      const file = Buffer.concat([first, last]);
      file.writeUInt8(file.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      assert.deepEqual(readFrames(file, 0, SALT), { contents: [], end: 0, isDamaged: true });
    }
  });

  it('takes no value for a frame, though it looks like one of another file', () => {
    const looksLike = frame(Uint8Array.from([1]), SALT + 1);
    const torn = frame(Buffer.concat([looksLike, Buffer.from([1, 2, 3])])).subarray(0, -1);
    assert.deepEqual(readFrames(torn, 0, SALT), { contents: [], end: 0, isDamaged: false });
  });

  it('ends, whatever it is given', () => {
    const bytes = fastCheck.oneof(
      fastCheck.uint8Array({ maxLength: 500 }),
      fastCheck.array(fastCheck.constantFrom(0x48, 0x46, 0x66, 0x72, 0, 255), { maxLength: 300 }),
    );
    const property = fastCheck.property(bytes, (garbage) => {
      const { end } = readFrames(Buffer.from(garbage), 0, SALT);
      assert.ok(end <= garbage.length);
    });
    fastCheck.assert(property, { numRuns: 500 });
  });
});
