// Latency by code of one check over a range, from the rollups of whichever grain lies in it. Reads one
// row per bucket and holds one sketch per code, however long the range is.

import type { DatabaseSync } from 'node:sqlite';
import type { CodeRuns } from '../results/results.ts';
import { type CodeRange, CodeSums, stretchesOf } from '../rows/code-sums.ts';
import { ofCheck } from './rollup-buckets.ts';

const COLUMNS = 'sketch, up_code, codes';

export interface CodeRequest extends CodeRange {
  checkId: number;
}

/** By code. */
export function readCodes(database: DatabaseSync, request: CodeRequest): CodeRuns[] {
  const sums = new CodeSums();
  for (const { grain, ...range } of stretchesOf(request))
    for (const [sketch, upCode, codes] of ofCheck(database, grain, COLUMNS, {
      ...request,
      ...range,
    }))
      sums.add(sketch, upCode, codes);
  return sums.told();
}
