import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEYS } from '@holdfast/engines/keys';
import { agentRecord, openStage, passUntil, passWhile, serverRecord } from '../testing/parts.ts';
import { followFleet } from './membership.ts';
import { encodeRecord } from './record.ts';

test('everybody sees who is there, what is assigned and when it changed; rubbish hides nobody', async () => {
  const stage = await openStage();
  const { clock, chance, logger, store } = stage;
  const put = (key: string, value: Uint8Array) =>
    store.txn({ if: [], then: [{ type: 'put', key, value }] });
  const fleet = followFleet({ coordination: stage.client(), clock, chance, logger });
  assert.notEqual(fleet.staleSinceMs, undefined, 'nothing was read yet');
  await passWhile(clock, fleet.ready);
  let told = 0;
  const unsubscribe = fleet.subscribe(() => {
    told += 1;
  });
  await put(KEYS.server('one'), encodeRecord(serverRecord('one')));
  await put(KEYS.agent('fra', 'fra-1'), encodeRecord(agentRecord('fra-1', 'fra')));
  for (const text of ['', 'null', '7', '{}', '{"id":1}', '[1]', '{"id":"x","location":"fra"}'])
    await put(KEYS.agent('fra', `bad-${text.length}`), new TextEncoder().encode(text));
  const assignment = { agent: 'fra-1', term: '9', revision: '4', checks: ['a/b'], assignedAtMs: 1 };
  await put(KEYS.assignment('fra-1'), encodeRecord(assignment));
  await passUntil(clock, () => fleet.assignments().length === 1);
  assert.deepEqual(fleet.servers(), [serverRecord('one')]);
  assert.deepEqual(fleet.agents(), [agentRecord('fra-1', 'fra')]);
  assert.deepEqual(fleet.assignment('fra-1')?.record, assignment);
  assert.equal(fleet.assignment('fra-10'), undefined);
  assert.equal(fleet.staleSinceMs, undefined);
  assert.ok(told >= 3);
  assert.throws(() => {
    (fleet.agents()[0] as { id: string }).id = 'other';
  }, TypeError);
  unsubscribe();
  await fleet.close();
  await store.close();
});

test('closed before it could read, it harms nobody who did not wait', async (context) => {
  const unheard: unknown[] = [];
  const note = (error: unknown) => void unheard.push(error);
  process.on('unhandledRejection', note);
  context.after(() => process.off('unhandledRejection', note));
  const { clock, chance, logger, store, client } = await openStage();
  const coordination = client();
  await store.close();
  const fleet = followFleet({ coordination, clock, chance, logger });
  await fleet.close();
  await new Promise(setImmediate);
  assert.deepEqual(unheard, []);
  await assert.rejects(fleet.ready, { code: 'COORDINATION_FAILED' });
});
