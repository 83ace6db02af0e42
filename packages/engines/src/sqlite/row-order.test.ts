import assert from 'node:assert/strict';
import { it } from 'node:test';
import fastCheck from 'fast-check';
import { emptyColumns } from '../rows/row-columns.ts';
import { inKeyOrder } from './row-order.ts';
import { slotOf } from './slot-marks.ts';

it('orders rows by slot, then check, and leaves the rest as it came', () => {
  const row = fastCheck.record({
    check: fastCheck.nat(4),
    plannedAtMs: fastCheck.oneof(
      fastCheck.nat(2_000_000),
      fastCheck.integer({ min: 0, max: 8.64e12 }),
      fastCheck.constantFrom(0, 299_999, 300_000, 8.64e12),
    ),
  });
  const checkIds = [7, 3, 90_000, 1, 4];
  const property = fastCheck.property(fastCheck.array(row, { maxLength: 60 }), (rows) => {
    const columns = emptyColumns(rows.length + 3);
    for (const { check, plannedAtMs } of rows) {
      columns.check[columns.count] = check;
      columns.plannedAtMs[columns.count++] = plannedAtMs;
    }
    const idOf = (index: number) => checkIds[rows[index]?.check ?? 0] ?? 0;
    const slot = (index: number) => slotOf(rows[index]?.plannedAtMs ?? 0);
    const expected = [...rows.keys()].sort((a, b) => slot(a) - slot(b) || idOf(a) - idOf(b));
    assert.deepEqual([...inKeyOrder(columns, checkIds)], expected);
  });
  fastCheck.assert(property, { numRuns: 500, seed: 5 });
});
