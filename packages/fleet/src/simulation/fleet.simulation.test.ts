import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulateFleet } from './fleet.simulation.ts';

const SEEDS = Number(process.env.HOLDFAST_SEEDS ?? 200);

test(`${SEEDS} courses of events: one writer at a time, and after quiet one agent for each check`, async () => {
  const told = { writes: 0, terms: 0, moves: 0 };
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { writes, terms, moves } = await simulateFleet(seed);
    told.writes += writes;
    told.terms += terms;
    told.moves += moves;
  }
  // Else the course of events would prove nothing.
  assert.ok(told.terms > 1.2 * SEEDS && told.writes > 8 * SEEDS, JSON.stringify(told));
  assert.ok(told.moves > SEEDS / 20, JSON.stringify(told));
});

test('a seed replays its course', async () => {
  assert.deepEqual(await simulateFleet(7), await simulateFleet(7));
});
