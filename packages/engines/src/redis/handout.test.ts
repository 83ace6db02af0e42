import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '@holdfast/kernel/fake';
import { event } from '../events/sample-events.ts';
import { Handout, type Ready } from './handout.ts';

const CLAIM_AFTER_MS = 1_000;

test('what was acknowledged while it was claimed is not handed out again', async () => {
  const { handout, ready } = make();
  handout.put(ready(1, 2));
  const first = await handout.next();
  await first.value.ack();
  handout.put(ready(1));
  assert.equal((await handout.next()).value.event.id, event(2).id);
  assert.equal(handout.room, 3);
});

test('what is acknowledged while it lies ready once more is not handed out again', async () => {
  const { handout, ready } = make();
  handout.put(ready(1));
  const first = await handout.next();
  handout.put(ready(1, 2));
  await first.value.ack();
  assert.equal((await handout.next()).value.event.id, event(2).id);
});

test('an acknowledgement is remembered until Redis has it and a claim was begun since', async () => {
  const acknowledging = Promise.withResolvers<void>();
  const { handout, ready } = make(() => acknowledging.promise);
  handout.put(ready(1));
  const acknowledged = (await handout.next()).value.ack();
  handout.forgetAbandoned();
  assert.ok(handout.wasHandedOut('1-0'));
  acknowledging.resolve();
  await acknowledged;
  assert.ok(handout.wasHandedOut('1-0'));
  handout.forgetAbandoned();
  assert.ok(!handout.wasHandedOut('1-0'));
});

test('what was handed out too long ago counts no longer against what may be held', async () => {
  const { clock, handout, ready } = make();
  handout.put(ready(1, 2));
  await handout.next();
  clock.advance(CLAIM_AFTER_MS - 1);
  handout.forgetAbandoned();
  assert.equal(handout.room, 2);
  clock.advance(1);
  handout.forgetAbandoned();
  assert.equal(handout.room, 3);
  assert.ok(!handout.wasHandedOut('1-0'));
});

test('what lies ready is kept while it is ours, and dropped when others may have it', async () => {
  const { clock, handout, ready } = make();
  handout.put(ready(1));
  clock.advance(600);
  assert.deepEqual(handout.renew(clock.nowMs() - 250), ['1-0']);
  clock.advance(600);
  handout.put(ready(2));
  assert.deepEqual(handout.renew(clock.nowMs() - 700), []);
  clock.advance(500);
  assert.equal((await handout.next()).value.event.id, event(2).id);
});

test('who waits for room is told at the end, and who waits for an event as well', async () => {
  const { handout, ready } = make();
  handout.put(ready(1, 2, 3, 4));
  const room = handout.waitForRoom();
  for (let taken = 0; taken < 4; taken += 1) await handout.next();
  const next = handout.next();
  await assert.rejects(handout.next(), /asked for while the one before/);
  handout.end();
  await room;
  assert.equal((await next).done, true);
  assert.equal((await handout.next()).done, true);
});

function make(acknowledge: (id: string) => Promise<void> = () => Promise.resolve()) {
  const clock = new SimulatedClock();
  const handout = new Handout({
    clock,
    unacknowledgedMax: 4,
    claimAfterMs: CLAIM_AFTER_MS,
    acknowledge,
    onReturn: () => {},
  });
  const ready = (...numbers: number[]): Ready[] =>
    numbers.map((number) => ({
      id: `${number}-0`,
      event: event(number),
      attempt: 1,
      sinceMs: clock.nowMs(),
    }));
  return { clock, handout, ready };
}
