// Redis killed, stood still, cut off: what was confirmed is handled, what was acknowledged does not
// come again, and whoever cannot be served is told in time. HOLDFAST_CHAOS_SECONDS makes it longer.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isHoldfastError, silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import type { Events } from '../events/events.ts';
import { event } from '../events/sample-events.ts';
import { startFaultProxy } from '../testing/fault-proxy.ts';
import { type RedisServer, startRedis } from '../testing/redis-server.ts';
import { openRedisEvents, type RedisEvents, type RedisEventsOptions } from './redis-events.ts';

const CHAOS_MS = Number(process.env.HOLDFAST_CHAOS_SECONDS ?? 2) * 1_000;
const AROUND = { clock: systemClock, chance: systemChance, logger: silentLogger };
const WAIT_MS_MAX = 15_000;
const LIMITS = { timeout: 120_000 + CHAOS_MS };

test(
  'killed and started again: nothing confirmed is lost, nothing acknowledged comes again',
  LIMITS,
  async () => {
    await withRedis({ appendOnly: true }, (server) =>
      survives(server.url, async () => {
        await server.kill();
        await pause(50);
        await server.restart();
      }),
    );
  },
);

test('standing still for two seconds', LIMITS, async () => {
  await withRedis({}, (server) =>
    survives(server.url, async () => {
      server.stop();
      await pause(2_000);
      server.continue();
    }),
  );
});

test('connections reset again and again', LIMITS, async () => {
  await withRedis({}, async (server) => {
    const proxy = await startFaultProxy({ host: server.host, port: server.port });
    try {
      await survives(`redis://${proxy.address}`, async () => {
        proxy.reset();
        await pause(300);
      });
      await reach(() => proxy.connections === 0);
    } finally {
      await proxy.close();
    }
  });
});

test('while Redis is away, publishing waits within bounds and is then told', LIMITS, async (t) => {
  await withRedis({}, async (server) => {
    const events = await open(t, { url: server.url, publishMsMax: 300 });
    await server.kill();
    const failed = (error: unknown) =>
      isHoldfastError(error) && error.code === 'EVENTS_FAILED' && /ECONN|clos/i.test(error.message);
    const startedMs = performance.now();
    await assert.rejects(events.publish('trips', event(1)), failed);
    assert.ok(performance.now() - startedMs < 2_000);
    const many = Array.from({ length: 20_001 }, (_, i) => events.publish('trips', event(i)));
    const settled = await Promise.allSettled(many);
    assert.ok(settled.every(({ status }) => status === 'rejected'));
    const last = settled.at(-1);
    assert.match(String(last?.status === 'rejected' && last.reason), /wait for Redis already/);
    await assert.rejects(events.lag('trips', 'g'), failed);
    await server.restart();
    const passed = () =>
      events.publish('trips', event(1)).then(
        () => true,
        () => false,
      );
    for (let attempt = 0; attempt < 40 && !(await passed()); attempt += 1) await pause(50);
    assert.ok(await passed());
  });
});

test('an acknowledgement that the death of Redis cut off is sent again', LIMITS, async (t) => {
  await withRedis({ appendOnly: true }, async (server) => {
    const events = await open(t, { url: server.url });
    const { signal } = new AbortController();
    const options = { group: 'g', consumer: 'c', claimAfterMs: 60_000 };
    const deliveries = events.consume('trips', options, signal)[Symbol.asyncIterator]();
    await events.publish('trips', event(1));
    const { value } = await deliveries.next();
    server.stop();
    const acknowledged: Promise<void> = value.ack();
    await pause(20);
    await server.restart();
    await acknowledged;
    assert.equal((await events.lag('trips', 'g')).unacknowledged, 0);
  });
});

test('closing does not wait for a Redis that stands still', LIMITS, async (t) => {
  await withRedis({}, async (server) => {
    const events = await open(t, { url: server.url });
    const { signal } = new AbortController();
    const deliveries = events.consume('trips', { group: 'g', consumer: 'c' }, signal);
    const next = deliveries[Symbol.asyncIterator]().next();
    await events.publish('trips', event(1));
    await (await next).value.ack();
    server.stop();
    const startedMs = performance.now();
    await events.close();
    assert.ok(performance.now() - startedMs < 4_000);
    server.continue();
  });
});

/** Publishes and handles through the fault, again and again. */
async function survives(url: string, fault: () => Promise<void>): Promise<void> {
  const events = await openRedisEvents({ url, ...AROUND });
  try {
    await handlesAll(events, fault);
  } finally {
    await events.close();
  }
}

async function handlesAll(events: Events, fault: () => Promise<void>): Promise<void> {
  const end = new AbortController();
  const handled = new Map<string, number>();
  const acknowledged = new Set<string>();
  const again: string[] = [];
  const options = { group: 'g', consumer: 'c', claimAfterMs: 1_000, from: 'first' } as const;
  const consuming = (async () => {
    for await (const {
      event: { id },
      position,
      ack,
    } of events.consume('trips', options, end.signal)) {
      if (acknowledged.has(position)) again.push(id);
      handled.set(id, (handled.get(id) ?? 0) + 1);
      void ack().then(() => acknowledged.add(position));
    }
  })();
  const confirmed: string[] = [];
  const publishing = publishUntil(events, end.signal, confirmed);
  try {
    const untilMs = performance.now() + CHAOS_MS;
    do {
      await reach(() => confirmed.length > 0 && confirmed.every((id) => handled.has(id)));
      const before = confirmed.length;
      await fault();
      await reach(() => confirmed.length > before);
    } while (performance.now() < untilMs);
    await publishing.stop();
    await reach(() => confirmed.every((id) => handled.has(id)));
    await reach(() => acknowledged.size >= handled.size);
    assert.deepEqual(again, []);
    assert.deepEqual((await events.lag('trips', 'g')).waiting, 0);
  } finally {
    end.abort();
    await Promise.all([consuming, publishing.stop()]);
  }
}

function publishUntil(events: Events, signal: AbortSignal, confirmed: string[]) {
  let [stopped, number] = [false, 0];
  const running = (async () => {
    while (!stopped && !signal.aborted) {
      number += 1;
      const next = event(number);
      await events.publish('trips', next);
      confirmed.push(next.id);
      await pause(2);
    }
  })();
  // A failure is told by whoever stops it, which may be later.
  running.catch(() => {});
  const stop = async () => {
    stopped = true;
    await running;
  };
  return { stop };
}

async function reach(holds: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + WAIT_MS_MAX;
  while (!holds()) {
    assert.ok(performance.now() < deadlineMs, 'waited in vain');
    await pause(10);
  }
}

/** Closed at the end of the test, however it ends. */
async function open(
  t: TestContext,
  options: Pick<RedisEventsOptions, 'url' | 'publishMsMax'>,
): Promise<RedisEvents> {
  const events = await openRedisEvents({ ...AROUND, ...options });
  t.after(() => events.close());
  return events;
}

async function withRedis(
  options: { appendOnly?: boolean },
  body: (server: RedisServer) => Promise<void>,
): Promise<void> {
  const server = await startRedis(options);
  try {
    await body(server);
  } finally {
    await server.close();
  }
}
