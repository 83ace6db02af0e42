import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Placed, RunningRuns } from './running-runs.ts';

test('holds exactly what was added and not removed', () => {
  // Each number adds a run, or removes the one at that place of those that are in.
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(), { nil: undefined })), (steps) => {
      const runs = new RunningRuns<Placed>();
      const expected = new Set<Placed>();
      for (const step of steps) {
        const leaving = step === undefined ? undefined : [...expected][step % (expected.size || 1)];
        if (leaving === undefined) {
          const run = { place: 0 };
          runs.add(run);
          expected.add(run);
        } else {
          runs.remove(leaving);
          expected.delete(leaving);
        }
        const held = runs.all();
        assert.equal(held.length, expected.size);
        assert.ok(held.every((run) => expected.has(run)));
      }
    }),
  );
});
