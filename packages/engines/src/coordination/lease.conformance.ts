// What leases of every engine must do. They take seconds of real time, so they run side by side.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sleep, systemClock } from '@holdfast/kernel';
import type { Coordination } from './coordination.ts';
import {
  always,
  type Body,
  bytes,
  isCode,
  type Open,
  type OpenedCoordination,
  put,
  watched,
  withStore,
} from './opened.conformance.ts';

const TTL_MS = 2_000;
/** Engines may round a ttl up, and look for what ran out now and then only. */
const EXPIRY_MS = 8_000;

export function describeLeases(open: Open): void {
  const test = (what: string, body: Body) => it(what, () => withStore(open, body));
  describe('leases', { concurrency: true }, () => {
    test('attaches keys and lets go of them', attaches);
    test('keeps a lease beyond its ttl', keepsAlive);
    test('deletes all keys of a lease in one transaction when it runs out', expires);
    test('deletes them at once when it is released', releases);
    test('tells that a lease is lost', tellsLost);
    test('refuses puts with a lease that is gone', refusesLost);
    test('counts validity from the moment of sending', anchorsAtSending);
    test('leaves leases to run out when it is closed', leavesToRunOut);
    test('has the bare steps, for whoever renews for others', hasBareSteps);
  });
}

async function attaches({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const [a, b] = [`${prefix}a`, `${prefix}b`];
  const lease = await coordination.lease(TTL_MS);
  assert.ok(lease.id !== 0n && lease.ttlMs >= TTL_MS);
  await coordination.txn(always(put(a, 'x', lease.id), put(b, 'x', lease.id)));
  assert.equal((await coordination.get(a))?.lease, lease.id);
  const { entries } = await coordination.list(prefix);
  assert.deepEqual(
    entries.map((entry) => entry.lease),
    [lease.id, lease.id],
  );
  await coordination.txn(always(put(a)));
  assert.equal((await coordination.get(a))?.lease, undefined, 'a put without it lets go');
  await lease.release();
  assert.ok(await coordination.get(a));
  assert.equal(await coordination.get(b), undefined);
}

async function keepsAlive({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const key = `${prefix}a`;
  const lease = await coordination.lease(TTL_MS);
  const { revision } = await coordination.txn(always(put(key, 'x', lease.id)));
  const first = lease.renewedAtMs;
  await sleep(systemClock, 1.6 * TTL_MS);
  assert.equal(lease.lost.aborted, false);
  assert.ok(lease.renewedAtMs > first && lease.validUntilMs > systemClock.nowMs());
  assert.equal((await coordination.get(key))?.createRevision, revision);
  await lease.release();
}

async function expires({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const { id } = await coordination.leases.grant(TTL_MS);
  const grantedMs = systemClock.nowMs();
  const keys = ['a', 'b', 'c'].map((name) => prefix + name);
  const { revision } = await coordination.txn(always(...keys.map((key) => put(key, 'x', id))));
  const [item] = await watched(coordination, prefix, revision + 1n, 1);
  const tookMs = systemClock.nowMs() - grantedMs;
  assert.ok(tookMs > 0.75 * TTL_MS && tookMs < EXPIRY_MS, `ran out after ${tookMs} ms`);
  const gone = item?.changes.map((change) => (change.type === 'delete' ? change.key : 'put'));
  assert.deepEqual(gone?.sort(), keys, 'in one transaction');
  assert.deepEqual((await coordination.list(prefix)).entries, []);
}

async function releases(opened: OpenedCoordination): Promise<void> {
  const { coordination, prefix } = opened;
  const other = await opened.second();
  const lease = await coordination.lease(60_000);
  const { revision } = await coordination.txn(always(put(`${prefix}a`, 'x', lease.id)));
  const told = watched(other, prefix, revision + 1n, 1);
  await Promise.all([lease.release(), lease.release()]);
  assert.equal((await told)[0]?.changes[0]?.type, 'delete');
  assert.equal(await other.get(`${prefix}a`), undefined);
  assert.equal(lease.lost.aborted, true);
  assert.ok(lease.validUntilMs <= systemClock.nowMs());
  await lease.release();
  await coordination.leases.release(lease.id);
  await other.close();
}

async function tellsLost(opened: OpenedCoordination): Promise<void> {
  const { coordination, prefix } = opened;
  const other = await opened.second();
  const lease = await coordination.lease(TTL_MS);
  await coordination.txn(always(put(`${prefix}a`, 'x', lease.id)));
  await other.leases.release(lease.id);
  await aborted(lease.lost);
  assert.ok(lease.validUntilMs <= systemClock.nowMs());
  assert.ok(isCode('LEASE_LOST')(lease.lost.reason));
  await other.close();
}

async function refusesLost({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const lease = await coordination.lease(TTL_MS);
  await lease.release();
  const [a, b] = [`${prefix}a`, `${prefix}b`];
  const attach = always(put(a), put(b, 'x', lease.id));
  await assert.rejects(coordination.txn(attach), isCode('LEASE_LOST'));
  assert.equal(await coordination.get(a), undefined, 'nothing of it happened');
  const untaken = { ...attach, if: [{ key: a, createRevision: 1n }], else: [put(a)] };
  assert.equal((await coordination.txn(untaken)).done, false, 'the branch taken counts');
}

async function anchorsAtSending({ coordination }: OpenedCoordination): Promise<void> {
  const sentMs = systemClock.nowMs();
  const lease = await coordination.lease(TTL_MS);
  assert.ok(lease.renewedAtMs >= sentMs && lease.renewedAtMs <= systemClock.nowMs());
  assert.ok(lease.validUntilMs < lease.renewedAtMs + lease.ttlMs, 'less a margin');
  assert.ok(lease.validUntilMs > lease.renewedAtMs + 0.8 * lease.ttlMs);
  await lease.release();
}

async function leavesToRunOut(opened: OpenedCoordination): Promise<void> {
  const { coordination, prefix } = opened;
  const key = `${prefix}a`;
  const other = await opened.second();
  const lease = await other.lease(TTL_MS);
  const { revision } = await other.txn(always(put(key, 'x', lease.id)));
  await other.close();
  assert.equal(lease.lost.aborted, true, 'nobody renews it');
  assert.ok(await coordination.get(key), 'its keys stay until it runs out');
  const [item] = await watched(coordination, prefix, revision + 1n, 1);
  assert.equal(item?.changes[0]?.type, 'delete');
}

async function hasBareSteps(opened: OpenedCoordination): Promise<void> {
  const { coordination, prefix } = opened;
  const other = await opened.second();
  const { id, ttlMs } = await coordination.leases.grant(TTL_MS);
  assert.ok(id !== 0n && ttlMs >= TTL_MS);
  await coordination.txn(always(put(`${prefix}a`, 'x', id)));
  for (const client of [other, coordination]) {
    await sleep(systemClock, 0.6 * TTL_MS);
    assert.equal((await client.leases.renew(id)).ttlMs, ttlMs, 'any client may renew it');
  }
  await closing(other, () => other.leases.release(id));
  assert.equal(await coordination.get(`${prefix}a`), undefined);
  await assert.rejects(coordination.leases.renew(id), isCode('LEASE_LOST'));
  await coordination.leases.release(id);
  await coordination.txn(always({ type: 'put', key: `${prefix}b`, value: bytes('still works') }));
}

async function closing(client: Coordination, last: () => Promise<void>): Promise<void> {
  await last();
  await client.close();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = systemClock.after(EXPIRY_MS, () => reject(new Error('it was never told lost')));
    const onAbort = () => {
      limit.cancel();
      resolve();
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
