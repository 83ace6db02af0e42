// What every alert journal must do. An engine's test calls this with a way to open an empty journal.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fault, HoldfastError } from '@holdfast/kernel';
import type { AlertDelivery, AlertRecord } from '@holdfast/resources/alert-record';
import type { AlertJournal } from './alert-journal.ts';

export interface OpenedJournal {
  alertJournal: AlertJournal;
  /** Lets go of the store and of what it left behind. */
  close(): Promise<void>;
}

export function alertJournalConformance(name: string, open: () => Promise<OpenedJournal>): void {
  const withJournal = (body: (journal: AlertJournal) => Promise<void>) => async () => {
    const { alertJournal, close } = await open();
    try {
      await body(alertJournal);
    } finally {
      await close();
    }
  };
  describe(`alert journal: ${name}`, () => {
    it('tells what is open until it recovers', withJournal(tellsOpen));
    it('tells the newest first, as many as asked for', withJournal(tellsRecent));
    it('keeps deliveries pending until they are done', withJournal(keepsPending));
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
