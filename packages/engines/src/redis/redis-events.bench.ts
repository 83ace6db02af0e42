// Events through a real Redis, published by many at once, delivered and acknowledged:
// `node redis-events.bench.ts [events]`. The floor is the same number of bare XADD in pipelines.

import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { Redis } from 'ioredis';
import { startRedis } from '../testing/redis-server.ts';
import { openRedisEvents, type RedisEvents } from './redis-events.ts';

const EVENTS = Number(process.argv[2] ?? 100_000);
const PUBLISHERS = 1_000;
const ROUNDS = 3;
const AROUND = { clock: systemClock, chance: systemChance, logger: silentLogger };

const server = await startRedis();
const events = await openRedisEvents({ url: server.url, ...AROUND });
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    show('publish → deliver → acknowledge', await endToEnd(events, `round-${round}`));
    show('floor: bare XADD in pipelines', await bareWrites(server.url));
  }
} finally {
  await events.close();
  await server.close();
}

/** Acknowledgements are not awaited one by one, as by a consumer that handles many at once. */
async function endToEnd(engine: RedisEvents, stream: string): Promise<number> {
  const end = new AbortController();
  const options = { group: 'g', consumer: 'c', from: 'first', unacknowledgedMax: 2_000 } as const;
  const deliveries = engine.consume(stream, options, end.signal);
  await engine.lag(stream, 'g');
  const startedMs = systemClock.nowMs();
  const publishing = publishMany(engine, stream);
  const acknowledged: Promise<void>[] = [];
  for await (const delivery of deliveries) {
    acknowledged.push(delivery.ack());
    if (acknowledged.length === EVENTS) break;
  }
  await Promise.all([publishing, ...acknowledged]);
  return (EVENTS / (systemClock.nowMs() - startedMs)) * 1_000;
}

async function publishMany(engine: RedisEvents, stream: string): Promise<void> {
  const atMs = systemClock.wallMs();
  const publisher = async (first: number) => {
    for (let number = first; number < EVENTS; number += PUBLISHERS) {
      const data = { number, vehicle: 'v-12' };
      await engine.publish(stream, { id: `event-${number}`, type: 'Moved', key: 'k', atMs, data });
    }
  };
  await Promise.all(Array.from({ length: PUBLISHERS }, (_, first) => publisher(first)));
}

async function bareWrites(url: string): Promise<number> {
  const client = new Redis(url);
  const startedMs = systemClock.nowMs();
  for (let sent = 0; sent < EVENTS; sent += PUBLISHERS) {
    const pipeline = client.pipeline();
    for (let i = 0; i < PUBLISHERS; i += 1)
      pipeline.xadd('bare', '*', 'type', 'Moved', 'data', '{}');
    await pipeline.exec();
  }
  const perSecond = (EVENTS / (systemClock.nowMs() - startedMs)) * 1_000;
  client.disconnect();
  return perSecond;
}

function show(what: string, perSecond: number): void {
  console.log(`${what}: ${Math.round(perSecond).toLocaleString('en')} events/s`);
}
