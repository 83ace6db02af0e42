// A process that is going to be killed: appends to the store named by its argument without end, and
// writes the number of rows known to be committed, a line after each batch.

import { seededChance, silentLogger, systemClock } from '@holdfast/kernel';
import { sampleResult } from '../../results/sample-results.ts';
import { openSqliteStore } from '../open-store.ts';

const path = process.argv[2] ?? '';
const store = await openSqliteStore({ path, clock: systemClock, logger: silentLogger });
const chance = seededChance(5);
const BATCH_ROWS = 40;
let committed = 0;
for (;;) {
  const rows = Array.from({ length: BATCH_ROWS }, (_, index) =>
    sampleResult(chance, { check: `c${index % 4}`, plannedAtMs: (committed + index) * 1000 }),
  );
  committed += (await store.results.append(rows)).appended;
  process.stdout.write(`${committed}\n`);
}
