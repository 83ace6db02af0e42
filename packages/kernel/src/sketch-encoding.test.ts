import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeSketch, encodeSketch, type SketchContent } from './sketch-encoding.ts';

const GOOD: SketchContent = { count: 2, sum: 3, min: 1, max: 2, buckets: [7, 2] };

test('the bytes stay as they are documented', () => {
  const bytes = encodeSketch({
    ...GOOD,
    sum: 400,
    buckets: [7, 1, 9, 299],
  });
  const view = new DataView(bytes.buffer);
  assert.deepEqual(
    [
      view.getUint8(0),
      view.getFloat64(1, true),
      view.getFloat64(9, true),
      view.getFloat64(17, true),
    ],
    [1, 400, 1, 2],
  );
  // Index 7 once; one bucket between; then 299 = 2 · 128 + 43.
  assert.deepEqual([...bytes.subarray(25)], [7, 1, 1, 0x80 + 43, 2]);
});

test('the last bucket is read, the one after it is refused', () => {
  const bytes = encodeSketch(GOOD);
  assert.deepEqual(decodeSketch(bytes, 8), GOOD);
  assert.equal(decodeSketch(bytes, 7), undefined);
});

const IMPLAUSIBLE: Record<string, Partial<SketchContent>> = {
  'a smallest value of nothing': { min: 0 },
  'a negative smallest value': { min: -1 },
  'an endless largest value': { max: Number.POSITIVE_INFINITY },
  'ends the wrong way round': { min: 2, max: 1 },
  'a sum above all values': { sum: 4.1 },
  'a sum below all values': { sum: 1.9 },
  'a sum that is no number': { sum: Number.NaN },
  'more values than can be counted': {
    sum: Number.MAX_SAFE_INTEGER * 3,
    buckets: [7, Number.MAX_SAFE_INTEGER, 8, Number.MAX_SAFE_INTEGER],
  },
};

for (const [what, fields] of Object.entries(IMPLAUSIBLE)) {
  test(`${what} is refused`, () => {
    assert.equal(decodeSketch(encodeSketch({ ...GOOD, ...fields }), 1_000), undefined);
  });
}
