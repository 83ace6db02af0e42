import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planGrid } from './grid-plan.ts';

test('a dozen checks are rows with history, two thousand are cells that fit', () => {
  const few = planGrid([4, 3, 5], 1160, 400, true);
  assert.equal(few.mode, 'rows');
  const many = planGrid(
    Array.from({ length: 24 }, () => 83),
    1168,
    430,
    true,
  );
  assert.equal(many.mode, 'cells');
  assert.ok(many.heightPx <= 430, `${many.heightPx}`);
  assert.ok(many.pitchPx >= 11, `${many.pitchPx}`);
});

test('more checks than rows are wanted for are cells, as large as can be', () => {
  const plan = planGrid([300], 340, Number.POSITIVE_INFINITY, true, 100);
  assert.deepEqual([plan.mode, plan.pitchPx], ['cells', 22]);
});

test('one group alone is cut into columns of rows', () => {
  const plan = planGrid([20], 1160, 400, false);
  assert.equal(plan.mode, 'rows');
  assert.deepEqual(
    plan.columns.flat().map((block) => [block.from, block.to]),
    [
      [0, 7],
      [7, 14],
      [14, 20],
    ],
  );
});

test('every check is shown exactly once, in order, whatever the room', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(
      sizes,
      fc.integer({ min: 300, max: 3000 }),
      fc.integer({ min: 100, max: 2000 }),
      (list, widthPx, heightPx) => {
        const plan = planGrid(list, widthPx, heightPx, true);
        const shown = plan.columns.flat();
        const places = shown.flatMap((block) =>
          Array.from({ length: block.to - block.from }, (_, at) => [block.group, block.from + at]),
        );
        const wanted = list.flatMap((size, group) =>
          Array.from({ length: size }, (_, at) => [group, at]),
        );
        assert.deepEqual(places, wanted);
      },
    ),
    { numRuns: 60 },
  );
});
