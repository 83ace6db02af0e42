import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEYS } from '@holdfast/engines/keys';
import { HoldfastError } from '@holdfast/kernel';
import {
  agentRecord,
  openStage,
  passUntil,
  passWhile,
  type Stage,
  serverRecord,
} from '../testing/parts.ts';
import { admitServer } from './engine-match.ts';
import { joinFleet } from './fleet-member.ts';

const LEASE_MS = 4_000;
const KEY = KEYS.agent('fra', 'fra-1');

function joining(stage: Stage, startedAtMs = 1) {
  const { clock, chance, logger } = stage;
  const coordination = stage.client();
  const record = { ...agentRecord('fra-1', 'fra'), startedAtMs };
  const options = { coordination, record, key: KEY, leaseMs: LEASE_MS, clock, chance, logger };
  return { coordination, options, joined: () => joinFleet(options) };
}

test('a member stays for as long as it lives, and goes at once when it leaves', async () => {
  const stage = await openStage();
  const member = await joining(stage).joined();
  await stage.clock.advanceAsync(10 * LEASE_MS);
  assert.equal((await stage.store.get(KEY))?.lease, member.lease?.id);
  await member.leave();
  assert.equal(await stage.store.get(KEY), undefined);
  await member.leave();
  await stage.store.close();
});

test('a second process of the same name is refused while the first lives', async () => {
  const stage = await openStage();
  const first = await joining(stage, 1).joined();
  const second = joining(stage, 2).joined();
  await assert.rejects(passWhile(stage.clock, second), { code: 'CONFLICT' });
  assert.equal((await stage.store.get(KEY))?.lease, first.lease?.id, 'the first is untouched');
  await first.leave();
  await stage.store.close();
});

test('a process that was killed and started again outlives its own record', async () => {
  const stage = await openStage();
  const first = joining(stage, 1);
  await first.joined();
  await first.coordination.close();
  const again = await passWhile(stage.clock, joining(stage, 2).joined());
  assert.equal((await stage.store.get(KEY))?.lease, again.lease?.id);
  await again.leave();
  await stage.store.close();
});

test('after its lease was lost it registers again, and says so', async () => {
  const stage = await openStage();
  const member = await joining(stage).joined();
  const told: boolean[] = [];
  member.subscribe((lease) => told.push(lease !== undefined));
  const lost = member.lease?.id ?? 0n;
  await stage.store.leases.release(lost);
  await passUntil(stage.clock, () => told.includes(true));
  assert.deepEqual(told, [false, true]);
  assert.notEqual(member.lease?.id, lost);
  assert.equal((await stage.store.get(KEY))?.lease, member.lease?.id);
  await member.leave();
  await stage.store.close();
});

test('a store that is away at the start is waited for in the background', async () => {
  const stage = await openStage();
  const { options } = joining(stage);
  const { coordination } = options;
  let isAway = true;
  const flaky = new Proxy(coordination, {
    get: (target, name) => {
      if (isAway && name === 'lease') return () => Promise.reject(unreached());
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const warnings: string[] = [];
  const logger = { ...stage.logger, warn: (message: string) => void warnings.push(message) };
  const member = await joinFleet({ ...options, logger, coordination: flaky });
  assert.equal(member.lease, undefined);
  await stage.clock.advanceAsync(600_000);
  assert.equal(member.lease, undefined);
  assert.equal(warnings.length, 2, 'at the start, and once for all tries since');
  member.subscribe(() => {
    throw new Error('broken listener');
  });
  isAway = false;
  await passUntil(stage.clock, () => member.lease !== undefined);
  await member.leave();
  await stage.store.close();
});

test('an answer that got lost leaves no ghost that refuses its own process', async () => {
  const stage = await openStage();
  const { options } = joining(stage);
  let lostAnswers = 2;
  const flaky = new Proxy(options.coordination, {
    get: (target, name) => {
      if (name === 'txn' && lostAnswers > 0)
        return async (...call: Parameters<typeof target.txn>) => {
          lostAnswers -= 1;
          await target.txn(...call);
          throw unreached();
        };
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const member = await joinFleet({ ...options, coordination: flaky });
  await passUntil(stage.clock, () => member.lease !== undefined, 3_000);
  await member.leave();
  await stage.store.close();
});

test('a server that stands on other engines is refused, and both are named', async () => {
  const stage = await openStage();
  const { clock, chance, logger } = stage;
  const join = (record: ReturnType<typeof serverRecord>) => {
    const coordination = stage.client();
    const admit = () => admitServer(coordination, record);
    const key = KEYS.server(record.id);
    return joinFleet({ coordination, record, key, admit, clock, chance, logger });
  };
  const first = await join(serverRecord('one'));
  const second = await join(serverRecord('two'));
  await assert.rejects(join(serverRecord('three', { results: 'postgres://b/holdfast' })), {
    code: 'FLEET_MISMATCH',
    message:
      'This server "three" has results "postgres://b/holdfast", and server "one" at http://one.example:7070 has "postgres://a/holdfast".',
  });
  assert.equal(await stage.store.get(KEYS.server('three')), undefined, 'it left nothing behind');
  await first.leave();
  await second.leave();
  const lone = await join(serverRecord('four', { results: 'sqlite:/data/holdfast.db' }));
  await assert.rejects(join(serverRecord('five', { results: 'sqlite:/data/holdfast.db' })), {
    code: 'FLEET_MISMATCH',
    cure: /PostgreSQL/,
  });
  await lone.leave();
  await stage.store.close();
});

function unreached(): HoldfastError {
  return new HoldfastError('COORDINATION_FAILED', 'The store is away.', 'Wait.');
}
