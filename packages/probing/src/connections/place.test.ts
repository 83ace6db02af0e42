// The arithmetic of a pool, without a network: never more than the limit, first come first served,
// nothing left behind.

import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { PoolSpec } from '@holdfast/resources/compiled-check';
import fc from 'fast-check';
import { Connections, type ConnectionWish } from './connections.ts';
import type { Lease } from './lease.ts';

const LIMITS: PoolSpec = {
  name: 'p',
  idleMax: 3,
  idlePerHostMax: 2,
  perHostMax: 3,
  idleTimeoutMs: 1000,
};
const WAITING_MAX = 1000;

function wishOf(wish: Partial<ConnectionWish> = {}): ConnectionWish {
  return { pool: LIMITS, key: 'k', fresh: false, namespace: 'n', place: 'a 80', ...wish };
}

function make(lease: Lease): void {
  if (lease.line !== undefined) return;
  const stream = { socket: new Socket(), receive: () => {} };
  lease.made({ stream, facts: {}, validToMs: Infinity });
}

const pools = () => new Connections({ clock: new SimulatedClock(), allows: () => true });

test('one more than may wait is told so at once', async () => {
  const connections = pools();
  const wish = wishOf({ pool: { ...LIMITS, perHostMax: 1 } });
  const held = connections.lease(wish);
  assert.equal(connections.lease(wish), undefined);
  const off = new AbortController();
  const waiting = Array.from({ length: WAITING_MAX }, () => connections.wait(wish, off.signal));
  const refused = await connections.wait(wish, off.signal);
  assert.equal(refused.ok ? '' : refused.fault.code, 'PROBER_POOL_FULL');
  off.abort();
  assert.ok((await Promise.all(waiting)).every(({ ok }) => !ok));
  held?.end(false);
  assert.equal(connections.count, 0);
});

test('a connection that serves nobody here makes room for another', () => {
  const connections = pools();
  for (let at = 0; at < 2; at += 1) {
    const lease = connections.lease(wishOf({ key: `k${at}` }));
    if (lease === undefined) throw new Error('there was room');
    make(lease);
    lease.end(true);
  }
  const leases = ['x', 'y', 'z'].map((key) => connections.lease(wishOf({ key })));
  assert.ok(leases.every((lease) => lease !== undefined && !lease.reused));
  assert.equal(connections.count, 3);
  for (const lease of leases) lease?.end(false);
  assert.equal(connections.count, 0);
});

test('whatever happens in whatever order, limits hold and every run is served', async () => {
  const step = fc.record({
    key: fc.constantFrom('k', 'l'),
    act: fc.constantFrom('ask', 'ask', 'make', 'give back', 'fail', 'die'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const connections = pools();
      const held: Lease[] = [];
      let waiting = 0;
      const signal = new AbortController().signal;
      for (const { key, act } of steps) {
        const first = held[0];
        if (act === 'ask') {
          const lease = connections.lease(wishOf({ key }));
          if (lease !== undefined) held.push(lease);
          else {
            waiting += 1;
            void connections.wait(wishOf({ key }), signal).then((served) => {
              assert.ok(served.ok);
              waiting -= 1;
              held.push(served.value);
            });
          }
        } else if (first !== undefined && act === 'make') make(first);
        else if (first?.line !== undefined && act === 'die') first.line.socket.destroy();
        else if (first !== undefined && act !== 'make' && act !== 'die') {
          held.shift();
          first.end(act === 'give back');
        }
        await new Promise((resolve) => setImmediate(resolve));
        assert.ok(connections.count <= LIMITS.perHostMax);
        assert.ok(waiting === 0 || held.length === LIMITS.perHostMax, 'nobody waits for nothing');
      }
      while (held.length > 0 || waiting > 0) {
        held.shift()?.end(false);
        await new Promise((resolve) => setImmediate(resolve));
      }
      connections.close();
      assert.equal(connections.count, 0);
    }),
    { numRuns: 200 },
  );
});
