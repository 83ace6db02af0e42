// Who waits for a trial always hears: a result, or why there is none.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { ToAgent } from './protocol.ts';
import { checkOf } from './testing/check-of.ts';
import { resultOf } from './testing/result-of.ts';
import { TRIALS_MAX, Trials } from './trials.ts';

function fixture() {
  const clock = new SimulatedClock();
  const sent: ToAgent[] = [];
  const send = (message: ToAgent) => sent.push(message) > 0;
  return { clock, sent, send, trials: new Trials(clock) };
}

test('each who asks gets the result of the own check, in whatever order they come', async () => {
  const { trials, sent, send } = fixture();
  const asked = ['a', 'b'].map((name) => trials.ask(checkOf({ name }), send));
  for (const message of sent.toReversed()) {
    assert.ok(message.type === 'try');
    trials.tried(message.id, resultOf({ target: message.check.name }));
  }
  assert.deepEqual(
    (await Promise.all(asked)).map(({ target }) => target),
    ['a', 'b'],
  );
});

test('one more than may run is refused, and a place becomes free with each end', async () => {
  const { trials, send } = fixture();
  const asked = Array.from({ length: TRIALS_MAX }, () => trials.ask(checkOf({}), send));
  await assert.rejects(trials.ask(checkOf({}), send), { code: 'BUSY' });
  trials.tried(1, resultOf({}));
  const next = trials.ask(checkOf({}), send);
  trials.fail();
  await asked[0];
  for (const one of [...asked.slice(1), next]) await assert.rejects(one, { code: 'AGENT_FAILED' });
});

test('an agent that is not there or says nothing is told, and leaves nothing behind', async () => {
  const { clock, trials, send } = fixture();
  await assert.rejects(
    trials.ask(checkOf({}), () => false),
    { code: 'AGENT_FAILED' },
  );
  const asked = trials.ask(checkOf({ timeoutMs: 1_000 }), send);
  const refused = assert.rejects(asked, /did not answer in time/);
  await clock.advanceAsync(6_001);
  await refused;
  trials.tried(2, resultOf({}));
  trials.fail();
});
