import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedOn, dueAtMs, EMPTY_ROSTER, planned, seeAgents, seeChange } from './roster.ts';

const TIMES = { graceMs: 2_000, settleMs: 200 };
const FRA = { id: 'fra-1', location: 'fra' };
const NYC = { id: 'nyc-1', location: 'nyc' };
const BOTH = planned(seeAgents(EMPTY_ROSTER, [FRA, NYC], 0, TIMES), 200);

test('what comes within a moment is planned together, and a stream of news does not put it off', () => {
  let roster = seeAgents(EMPTY_ROSTER, [FRA], 100, TIMES);
  assert.equal(dueAtMs(roster), 300);
  roster = seeChange(seeAgents(roster, [FRA, NYC], 250, TIMES), 290, TIMES);
  assert.equal(dueAtMs(roster), 300);
  assert.equal(dueAtMs(planned(roster, 300)), undefined);
});

test('an agent that went is counted on for its grace, and not longer', () => {
  const roster = seeAgents(BOTH, [NYC], 1_000, TIMES);
  assert.equal(dueAtMs(roster), 3_000);
  assert.deepEqual(countedOn(planned(roster, 2_999)), [NYC, FRA]);
  assert.deepEqual(countedOn(planned(roster, 3_000)), [NYC]);
  const again = seeAgents(roster, [NYC], 2_000, TIMES);
  assert.equal(dueAtMs(again), 3_000, 'seen away twice, its grace does not begin anew');
});

test('an agent that reconnects in time changes nothing', () => {
  const back = seeAgents(seeAgents(BOTH, [NYC], 1_000, TIMES), [FRA, NYC], 2_500, TIMES);
  assert.equal(dueAtMs(back), undefined);
  assert.deepEqual(countedOn(back), [FRA, NYC]);
});

test('an agent that comes back elsewhere is another one', () => {
  const moved = { ...FRA, location: 'ams' };
  const roster = seeAgents(seeAgents(BOTH, [NYC], 1_000, TIMES), [moved, NYC], 1_500, TIMES);
  assert.equal(dueAtMs(roster), 1_700);
  assert.deepEqual(countedOn(planned(roster, 3_000)), [moved, NYC]);
});
