// What every alert journal must do. An engine's test calls this with a way to open an empty journal.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fault, HoldfastError } from '@holdfast/kernel';
import type { AlertDelivery, AlertRecord } from '@holdfast/resources/alert-record';
import type { Results } from '../results/results.ts';
import type { AlertJournal } from './alert-journal.ts';

const DAY_MS = 86_400_000;
const FOR_EVER = { rawMs: 1e12, minuteMs: 1e12, hourMs: 1e12 };

export interface OpenedJournal {
  alertJournal: AlertJournal;
  /** Of the same store: forgetting is for both. */
  results: Pick<Results, 'retain'>;
  /** Lets go of the store and of what it left behind. */
  close(): Promise<void>;
}

export function alertJournalConformance(name: string, open: () => Promise<OpenedJournal>): void {
  type Body = (journal: AlertJournal, results: OpenedJournal['results']) => Promise<void>;
  const withJournal = (body: Body) => async () => {
    const { alertJournal, results, close } = await open();
    try {
      await body(alertJournal, results);
    } finally {
      await close();
    }
  };
  describe(`alert journal: ${name}`, () => {
    it('tells what is open until it recovers', withJournal(tellsOpen));
    it('tells the newest first, as many as asked for', withJournal(tellsRecent));
    it('keeps deliveries pending until they are done', withJournal(keepsPending));
    it('forgets what was closed long ago, never what is open', withJournal(forgetsOld));
    it('forgets the oldest beyond its bound', withJournal(forgetsSurplus));
    it('refuses limits out of bounds', withJournal(refusesLimits));
  });
}

async function tellsOpen(journal: AlertJournal): Promise<void> {
  const [first, second] = [alert(1), alert(2)];
  await journal.save(first);
  await journal.save(second);
  assert.deepEqual(await journal.open(), [first, second]);
  const recovered: AlertRecord = { ...first, state: 'recovered', recoveredAtMs: 99 };
  await journal.save(recovered);
  assert.deepEqual(await journal.open(), [second]);
  assert.deepEqual(await journal.recent(10), [second, recovered]);
}

async function tellsRecent(journal: AlertJournal): Promise<void> {
  for (const number of [3, 1, 2]) await journal.save(alert(number));
  const ids = async (limit: number) => (await journal.recent(limit)).map(({ id }) => id);
  assert.deepEqual(await ids(2), ['alert-3', 'alert-2']);
  assert.deepEqual(await ids(1_000), ['alert-3', 'alert-2', 'alert-1']);
}

async function keepsPending(journal: AlertJournal): Promise<void> {
  await journal.save(alert(1));
  const [first, second, other] = [delivery(1), delivery(2), { ...delivery(3), alertId: 'else' }];
  for (const each of [second, first, other]) await journal.saveDelivery(each);
  assert.deepEqual(await journal.pending(), [first, second, other]);
  const done: AlertDelivery = {
    ...first,
    state: 'delivered',
    attempts: 2,
    lastAttemptAtMs: 7,
    outcome: '200 OK',
  };
  await journal.saveDelivery(done);
  assert.deepEqual(await journal.pending(), [second, other]);
  assert.deepEqual(await journal.deliveries('alert-1'), [done, second]);
  assert.deepEqual(await journal.deliveries('nobody'), []);
}

async function forgetsOld(journal: AlertJournal, results: OpenedJournal['results']) {
  const late: AlertRecord = { ...alert(2), state: 'recovered', recoveredAtMs: 90_000 };
  const gone: AlertRecord = { ...alert(1), state: 'recovered', recoveredAtMs: 4_000 };
  for (const each of [gone, late, alert(3)]) await journal.save(each);
  const done = { ...delivery(1), state: 'delivered' as const };
  const failed = { ...delivery(60), state: 'failed' as const };
  for (const each of [done, delivery(2), failed]) await journal.saveDelivery(each);
  await results.retain({ ...FOR_EVER, alertMs: 50_000 }, 100_000);
  assert.deepEqual(await journal.recent(10), [alert(3), late]);
  assert.deepEqual(await journal.deliveries('alert-1'), [delivery(2), failed]);
  await results.retain(FOR_EVER, 1_000 * DAY_MS);
  assert.deepEqual(await journal.recent(10), [alert(3)], '400 days when nothing is said');
  assert.deepEqual(await journal.deliveries('alert-1'), [delivery(2)]);
}

async function forgetsSurplus(journal: AlertJournal, results: OpenedJournal['results']) {
  for (let number = 1; number <= 9; number += 1) {
    const closed = { ...alert(number), state: 'recovered' as const, recoveredAtMs: number * 1000 };
    await journal.save(number === 2 ? alert(2) : closed);
    await journal.saveDelivery({ ...delivery(number), state: 'delivered' });
  }
  const ids = async () => (await journal.recent(100)).map(({ id }) => id);
  await results.retain({ ...FOR_EVER, alertsMax: 4 }, 10_000);
  assert.deepEqual(await ids(), ['alert-9', 'alert-8', 'alert-7', 'alert-2']);
  const left = await journal.deliveries('alert-1');
  assert.deepEqual(
    left.map(({ id }) => id),
    [6, 7, 8, 9].map((number) => `delivery-${number}`),
  );
  await results.retain({ ...FOR_EVER, alertsMax: 0 }, 10_000);
  assert.deepEqual(await ids(), ['alert-2']);
}

async function refusesLimits(journal: AlertJournal): Promise<void> {
  for (const limit of [0, 1_001, 1.5])
    await assert.rejects(
      journal.recent(limit),
      (error) => error instanceof HoldfastError && error.code === 'USAGE',
    );
}

function alert(number: number): AlertRecord {
  return {
    id: `alert-${number}`,
    rule: 'default/down',
    check: { namespace: 'default', check: 'web' },
    state: 'firing',
    sinceMs: number * 1000 - 500,
    firedAtMs: number * 1000,
    failures: 3,
    fault: fault('CONNECT_REFUSED', 'Nothing listens on 127.0.0.1:9', 'connect'),
  };
}

function delivery(number: number): AlertDelivery {
  return {
    id: `delivery-${number}`,
    alertId: 'alert-1',
    channel: 'webhook',
    event: 'fired',
    state: 'pending',
    attempts: 0,
    createdAtMs: number * 1000,
    payload: '{"text":"down"}',
  };
}
