// Planned writes as transactions that an engine takes: at most so many operations and bytes each. Every
// one of them passes the writers' key.

import {
  type Compare,
  type Operation,
  TRANSACTION_OPERATIONS_MAX,
  type Transaction,
  VALUE_BYTES_MAX,
} from '@holdfast/engines/coordination';
import { KEYS } from '@holdfast/engines/keys';
import type { PlannedWrite } from './apply-plan.ts';

/** One is the writers' key. */
const WRITES_MAX = TRANSACTION_OPERATIONS_MAX - 1;
/** Keys come twice, and engines take half as much again as a value. */
const BYTES_MAX = VALUE_BYTES_MAX;

export function batchesOf(writes: readonly PlannedWrite[]): PlannedWrite[][] {
  const batches: PlannedWrite[][] = [];
  let bytes = 0;
  for (const write of writes) {
    const batch = batches.at(-1);
    const own = write.value?.length ?? 0;
    if (batch === undefined || batch.length >= WRITES_MAX || bytes + own > BYTES_MAX) {
      batches.push([write]);
      bytes = own;
    } else {
      batch.push(write);
      bytes += own;
    }
  }
  return batches;
}

/** `writer`: modification revision of the writers' key, 0 = absent. */
export function transactionOf(batch: readonly PlannedWrite[], writer: bigint): Transaction {
  const compares: Compare[] = batch.map(({ key, expected }) => ({ key, modRevision: expected }));
  const operations = batch.map(
    ({ key, value }): Operation =>
      value === undefined ? { type: 'delete', key } : { type: 'put', key, value },
  );
  const pass: Operation = { type: 'put', key: KEYS.resourcesWriter, value: new Uint8Array() };
  return {
    if: [...compares, { key: KEYS.resourcesWriter, modRevision: writer }],
    then: [...operations, pass],
  };
}
