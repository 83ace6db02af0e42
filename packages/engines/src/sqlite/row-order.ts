// The order in which rows of a batch are written: as they will lie, slot by slot and check by check,
// so that the store meets each page once. Rows of one check and slot keep their order, so that of
// rows with the same key the first is the one that stays.

import type { RowColumns } from '../rows/row-columns.ts';
import { slotOf } from './slot-marks.ts';

/** Row numbers. `checkIds` by position in `columns.checks`. */
export function inKeyOrder(columns: RowColumns, checkIds: readonly number[]): Float64Array {
  const { count, check, plannedAtMs } = columns;
  const checkRanks = ranksOf(checkIds);
  const slots = Array.from(plannedAtMs.subarray(0, count), slotOf);
  const slotRanks = ranksOf(slots);
  // One number each, sorted without a comparison in JavaScript: exact below 2^53 for 200,000 rows.
  const order = new Float64Array(count);
  for (let row = 0; row < count; row += 1) {
    const slotRank = slotRanks.get(slots[row] ?? 0) ?? 0;
    const checkRank = checkRanks.get(checkIds[check[row] ?? 0] ?? 0) ?? 0;
    order[row] = (slotRank * checkIds.length + checkRank) * count + row;
  }
  order.sort();
  for (let place = 0; place < count; place += 1) order[place] = (order[place] ?? 0) % count;
  return order;
}

function ranksOf(numbers: readonly number[]): Map<number, number> {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  return new Map(sorted.map((number, rank) => [number, rank]));
}
