import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LatencySketch } from '@holdfast/kernel';
import fastCheck from 'fast-check';
import { latencyCells } from './latency-cells.ts';

function sketchOf(valuesMs: readonly number[]): LatencySketch {
  const sketch = new LatencySketch();
  for (const valueMs of valuesMs) sketch.add(valueMs);
  return sketch;
}

it('counts what lies between bounds, each value once', () => {
  const sketch = sketchOf([1, 5, 5, 20, 300]);
  assert.deepEqual(latencyCells(sketch, [2, 10, 100]), [1, 2, 1, 1]);
  assert.deepEqual(latencyCells(sketch, [0.5]), [0, 5]);
  assert.deepEqual(latencyCells(sketch, [300]), [5, 0], 'a bound belongs to the cell below');
  assert.deepEqual(latencyCells(sketchOf([]), [1, 2]), [0, 0, 0]);
});

it('puts every value in its cell, or beside a bound that is 1 % away', () => {
  const valuesMs = fastCheck.array(fastCheck.double({ min: 0.01, max: 1e5, noNaN: true }), {
    minLength: 1,
    maxLength: 200,
  });
  const bounds = fastCheck
    .uniqueArray(fastCheck.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 20 })
    .map((each) => each.toSorted((a, b) => a - b));
  fastCheck.assert(
    fastCheck.property(valuesMs, bounds, (values, boundsMs) => {
      const cells = latencyCells(sketchOf(values), boundsMs);
      assert.equal(cells.length, boundsMs.length + 1);
      assert.ok(cells.every((count) => count >= 0));
      let counted = 0;
      for (const [index, boundMs] of boundsMs.entries()) {
        counted += cells[index] ?? 0;
        const least = values.filter((value) => value <= boundMs * 0.9899).length;
        const most = values.filter((value) => value <= boundMs * 1.0101).length;
        assert.ok(counted >= least && counted <= most, `${counted} up to ${boundMs}`);
      }
      assert.equal(counted + (cells.at(-1) ?? 0), values.length);
    }),
    { numRuns: 300, seed: 5 },
  );
});
