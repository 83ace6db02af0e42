// Appends until the disk takes no more, makes room, and goes on. Prints what happened as JSON.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isHoldfastError, seededChance, silentLogger, systemClock } from '@holdfast/kernel';
import { sampleResult } from '../../results/sample-results.ts';
import { openSqliteStore } from '../open-store.ts';

const folder = process.argv[2] ?? '';
const ballast = join(folder, 'ballast');
const BATCH = 200;
const BATCHES_MAX = 500;

// As much as is written before: a log that is merged into the file needs its room twice.
writeFileSync(ballast, Buffer.alloc(12_000_000, 1));
const options = { path: join(folder, 'results.db'), clock: systemClock, logger: silentLogger };
const chance = seededChance(7);
let plannedAtMs = Date.UTC(2026, 0, 1);
const batch = () =>
  Array.from({ length: BATCH }, () => {
    plannedAtMs += 1_000;
    return sampleResult(chance, { check: 'shop', plannedAtMs });
  });

const store = await openSqliteStore(options);
let acknowledged = 0;
let code = '';
let message = '';
let refused = batch();
for (let n = 0; n < BATCHES_MAX && code === ''; n += 1) {
  refused = batch();
  try {
    await store.results.append(refused);
    acknowledged += BATCH;
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    ({ code, message } = error);
  }
}

const full = (await store.results.usage()).rawRows;
rmSync(ballast);
await store.results.append(refused);
await store.results.append(batch());
const again = (await store.results.usage()).rawRows;
await store.close();
const reopened = await openSqliteStore(options);
const kept = (await reopened.results.usage()).rawRows;
await reopened.close();
process.stdout.write(JSON.stringify({ acknowledged, code, message, full, again, kept, batch: BATCH }));
