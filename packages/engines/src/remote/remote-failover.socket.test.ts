import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { isHoldfastError, sleep, systemClock } from '@holdfast/kernel';
import type { Coordination, Lease, WatchItem } from '../coordination/coordination.ts';
import { KEYS } from '../coordination/keys.ts';
import { always, isCode, put, watched } from '../coordination/opened.conformance.ts';
import type { CoordinationServer } from '../testing/coordination-server.ts';
import { type FaultProxy, startFaultProxy } from '../testing/fault-proxy.ts';
import { fastClock, sampleFleet } from './sample-fleet.ts';

const prefix = KEYS.configurations('shop');
const key = KEYS.configuration('shop', 'color');
const TTL_MS = 2_000;
const FAST = 20;

async function until(holds: () => boolean): Promise<void> {
  const deadlineMs = systemClock.nowMs() + 10_000;
  while (!holds()) {
    assert.ok(systemClock.nowMs() < deadlineMs, 'it never came');
    await sleep(systemClock, 5);
  }
}

/** A key per transaction, until told to stop; gives the revisions of those that surely happened. */
async function writeOn(client: Coordination, stopped: () => boolean): Promise<bigint[]> {
  const revisions: bigint[] = [];
  for (let write = 0; !stopped(); write += 1) {
    try {
      revisions.push((await client.txn(always(put(`${prefix}${write}`)))).revision);
    } catch (error) {
      assert.ok(isCode('COORDINATION_FAILED')(error), String(error));
    }
  }
  return revisions;
}

/** As a mirror does: again from the next revision whenever the stream broke. */
async function watchOn(client: Coordination, from: bigint, seen: WatchItem[], signal: AbortSignal) {
  let next = from;
  while (!signal.aborted) {
    try {
      for await (const item of client.watch(prefix, next, signal)) {
        if (item.changes.length === 0) continue;
        seen.push(item);
        next = item.revision + 1n;
      }
    } catch (error) {
      assert.ok(isHoldfastError(error) && error.code === 'COORDINATION_FAILED', String(error));
    }
  }
}

test('servers die one after the other: leases last, watches go on, nothing is lost', async (context) => {
  const { engine, servers, join } = await sampleFleet(context, 2);
  const client = join('shop');
  const lease = await client.lease(TTL_MS);
  const { revision } = await client.txn(always(put(key, 'held', lease.id)));
  const stop = new AbortController();
  const seen: WatchItem[] = [];
  const watching = watchOn(client, revision + 1n, seen, stop.signal);
  let isOver = false;
  const writing = writeOn(client, () => isOver);
  for (const server of [...servers, ...servers]) {
    await server.kill();
    await sleep(systemClock, TTL_MS / 4);
    await server.restart();
    await sleep(systemClock, TTL_MS / 4);
  }
  isOver = true;
  const written = await writing;
  assert.equal(lease.lost.aborted, false);
  assert.equal((await engine.get(key))?.createRevision, revision);
  const end = await engine.txn(always(put(`${prefix}end`)));
  await until(() => seen.at(-1)?.revision === end.revision);
  stop.abort();
  await watching;
  const told = seen.map((item) => item.revision);
  assert.deepEqual(
    told,
    [...new Set(told)].sort((a, b) => Number(a - b)),
    'in order, none twice',
  );
  assert.ok(written.length > 20);
  for (const each of written) assert.ok(told.includes(each), `revision ${each} was never told`);
  await lease.release();
});

test('while all servers are away calls fail in time, and later they work again', async (context) => {
  const { servers, join } = await sampleFleet(context, 2);
  const client = join('shop', { callTimeoutMs: 400 });
  await client.get(key);
  await Promise.all(servers.map((server) => server.kill()));
  const startedMs = systemClock.nowMs();
  await assert.rejects(client.get(key), isCode('COORDINATION_FAILED'));
  assert.ok(systemClock.nowMs() - startedMs < 2_000);
  await servers[1]?.restart();
  assert.equal(await client.get(key), undefined);
});

test('a call under way while servers come back is answered, even a transaction', async (context) => {
  const { servers, join } = await sampleFleet(context, 1);
  const [server] = servers as [CoordinationServer];
  const client = join('shop');
  await server.kill();
  const writing = client.txn(always(put(key, 'patient')));
  await sleep(systemClock, 200);
  await server.restart();
  assert.equal((await writing).done, true);
});

interface Proxied {
  engine: Coordination;
  server: CoordinationServer;
  proxy: FaultProxy;
  join(callTimeoutMs: number, options?: { fast?: boolean; alone?: boolean }): Coordination;
}

/** One server behind a proxy, and another one that is reached directly. */
async function proxied(context: Parameters<typeof sampleFleet>[0]): Promise<Proxied> {
  const fleet = await sampleFleet(context, 2);
  const [server, direct] = fleet.servers as [CoordinationServer, CoordinationServer];
  const proxy = await startFaultProxy(server.url);
  context.after(() => proxy.close());
  const first = { next: () => 0, integer: () => 0 };
  const join: Proxied['join'] = (callTimeoutMs, { fast = false, alone = false } = {}) =>
    fleet.join('shop', {
      servers: [`http://${proxy.address}`, ...(alone ? [] : [direct.url])],
      callTimeoutMs,
      chance: first,
      ...(fast && { clock: fastClock(FAST) }),
    });
  return { engine: fleet.engine, server, proxy, join };
}

test('a black hole costs a share of the deadline, once', async (context) => {
  const { proxy, join } = await proxied(context);
  const client = join(1_500);
  await client.txn(always(put(key, 'red')));
  proxy.blackHole();
  const startedMs = systemClock.nowMs();
  assert.ok(await client.get(key));
  const tookMs = systemClock.nowMs() - startedMs;
  assert.ok(tookMs > 400 && tookMs < 1_400, `${tookMs} ms`);
  for (let call = 0; call < 20; call += 1) await client.get(key);
  assert.ok(systemClock.nowMs() - startedMs - tookMs < 400, 'the dead one is not asked again');
});

test('a black hole without another server ends calls at their deadline', async (context) => {
  const { proxy, join } = await proxied(context);
  const client = join(400, { alone: true });
  await client.get(key);
  proxy.blackHole();
  const startedMs = systemClock.nowMs();
  const calls = [
    client.get(key),
    client.list(prefix),
    client.txn(always(put(key))),
    client.facts(),
  ];
  for (const end of await Promise.allSettled(calls))
    assert.ok(end.status === 'rejected' && isCode('COORDINATION_FAILED')(end.reason));
  assert.ok(systemClock.nowMs() - startedMs < 1_500);
  const aborted = new AbortController();
  const reason = new Error('enough');
  const slow = join(60_000, { alone: true }).get(key, aborted.signal);
  aborted.abort(reason);
  await assert.rejects(slow, (error) => error === reason);
});

test('a transaction whose answer was lost is not sent again', async (context) => {
  const { engine, server, proxy, join } = await proxied(context);
  const client = join(600);
  await client.get(key);
  proxy.blackHole('back');
  await assert.rejects(client.txn(always(put(key, 'once'))), (error) => {
    assert.match(String(error), /not known/);
    return isCode('COORDINATION_FAILED')(error);
  });
  const entry = await engine.get(key);
  assert.equal(entry?.createRevision, entry?.modRevision, 'it happened, and once');
  assert.equal(server.requests.get('txn'), 1);
  assert.equal((await client.txn(always({ type: 'get', key }))).entries.length, 1);
});

test('a silent watch is given up', async (context) => {
  const { proxy, join } = await proxied(context);
  const client = join(60_000, { fast: true });
  const { revision } = await client.txn(always(put(key)));
  const reading = (async () => {
    for await (const _ of client.watch(prefix, revision, new AbortController().signal))
      proxy.blackHole();
  })();
  await assert.rejects(reading, (error) => {
    assert.match(String(error), /silent/);
    return isCode('COORDINATION_FAILED')(error);
  });
  assert.equal((await watched(client, prefix, revision, 1)).length, 1, 'through the other server');
});

test('a lease that cannot be renewed is lost here before it is there', async (context) => {
  const { engine, proxy, join } = await proxied(context);
  const client = join(1_000, { alone: true });
  const lease = await client.lease(TTL_MS);
  const { revision } = await client.txn(always(put(key, 'held', lease.id)));
  const gone = watched(engine, prefix, revision + 1n, 1).then(() => systemClock.nowMs());
  await until(() => lease.renewedAtMs > lease.validUntilMs - lease.ttlMs && isRenewed(lease));
  proxy.blackHole();
  const lost = new Promise<number>((resolve) => {
    lease.lost.addEventListener('abort', () => resolve(systemClock.nowMs()), { once: true });
  });
  const [lostMs, goneMs] = await Promise.all([lost, gone]);
  assert.ok(lostMs < goneMs, `lost ${lostMs - goneMs} ms after another could be let in`);
});

function isRenewed(lease: Lease): boolean {
  return systemClock.nowMs() - lease.renewedAtMs < TTL_MS / 2;
}

test('who answers that it does not lead, or is busy, is left for another one, even by a transaction', async (context) => {
  const { servers, join } = await sampleFleet(context, 1);
  for (const [status, code] of [
    [421, 'NOT_LEADER'],
    [503, 'BUSY'],
  ] as const) {
    const refusing = createServer((_, response) => {
      response.writeHead(status).end(JSON.stringify({ code, message: 'Not here', cure: 'Ask.' }));
    });
    refusing.listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    context.after(() => refusing.close());
    const { port } = refusing.address() as AddressInfo;
    const client = join('shop', {
      servers: [`http://127.0.0.1:${port}`, ...servers.map(({ url }) => url)],
      chance: { next: () => 0, integer: () => 0 },
    });
    assert.equal((await client.txn(always(put(key, code)))).done, true);
  }
});
