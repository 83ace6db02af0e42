import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import fastCheck from 'fast-check';
import { migrate } from './schema.ts';
import { SLOT_MS, SlotMarks } from './slot-marks.ts';
import { SlotWalk } from './slot-walk.ts';

it('walks the slots of a check that were marked, within the range, in both directions', () => {
  const database = new DatabaseSync(':memory:');
  migrate(database);
  const slot = fastCheck.oneof(
    fastCheck.nat(40),
    fastCheck.constantFrom(11, 12, 5_000_000, 28_800_000),
  );
  const marks = fastCheck.array(fastCheck.record({ checkId: fastCheck.nat(2), slot }));
  const edge = fastCheck.tuple(slot, fastCheck.constantFrom(-0.5, 0, 1, SLOT_MS - 1, SLOT_MS));
  const property = fastCheck.property(marks, edge, edge, (plan, from, to) => {
    database.exec('DELETE FROM slot_marks');
    const marker = new SlotMarks(database);
    for (const { checkId, slot } of plan) marker.mark(checkId, slot);
    const fromMs = Math.max(0, from[0] * SLOT_MS + from[1]);
    const toMs = to[0] * SLOT_MS + to[1];
    for (const descending of [false, true]) {
      const walk = new SlotWalk(database, { fromMs, toMs, descending });
      for (const checkId of [0, 1, 2, 0]) {
        const mine = plan.filter((mark) => mark.checkId === checkId).map(({ slot }) => slot);
        const within = mine.filter(
          (each) => (each + 1) * SLOT_MS > fromMs && each * SLOT_MS < toMs,
        );
        const expected = [...new Set(within)].sort((a, b) => (descending ? b - a : a - b));
        assert.deepEqual([...walk.slotsOf(checkId)], expected);
      }
    }
  });
  fastCheck.assert(property, { numRuns: 300, seed: 2 });
});
