import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulateElection } from './election.simulation.ts';

const SEEDS = Number(process.env.HOLDFAST_SEEDS ?? 40);

test(`${SEEDS} courses of events: no older term writes after a newer one`, async () => {
  const told = { terms: 0, acts: 0, refusals: 0 };
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { terms, acts, refusals } = await simulateElection(seed);
    told.terms += terms;
    told.acts += acts;
    told.refusals += refusals;
  }
  // Else the course of events would prove nothing.
  assert.ok(
    told.terms > SEEDS && told.acts > 5 * SEEDS && told.refusals > SEEDS,
    JSON.stringify(told),
  );
});
