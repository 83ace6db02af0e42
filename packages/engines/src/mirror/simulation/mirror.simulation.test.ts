import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulateMirror } from './mirror.simulation.ts';

const SEEDS = Number(process.env.HOLDFAST_SEEDS ?? 200);

test(`${SEEDS} courses of events: whole snapshots on the way, the store itself in the end`, async () => {
  const told = { snapshots: 0, breaks: 0, listings: 0 };
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { snapshots, breaks, listings } = await simulateMirror(seed);
    told.snapshots += snapshots;
    told.breaks += breaks;
    told.listings += listings;
  }
  // Else the course of events would prove nothing.
  assert.ok(told.snapshots > 20 * SEEDS && told.breaks > 5 * SEEDS && told.listings > 2 * SEEDS);
});

test('a seed replays its course', async () => {
  assert.deepEqual(await simulateMirror(7), await simulateMirror(7));
});
