// The process of one side of the events: `events-process.ts KIND URL`. Each round publishes, delivers and
// acknowledges as many events as it is asked for, in a stream of its own, both ends in this process.

import type { Events } from '@holdfast/engines/events';
import { createMemoryEvents } from '@holdfast/engines/events-memory';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { answerParent } from '../child-process.ts';
import { bareStreams } from './bare-redis.ts';

/** `bare`: the commands of Redis by hand, in pipelines. */
export type EventsKind = 'memory' | 'redis' | 'bare';

export interface EventsQuestion {
  events: number;
}

export interface EventsAnswer {
  perS: number;
  /** Of this process, per event. */
  cpuUs: number;
}

type EndToEnd = (stream: string, events: number) => Promise<void>;

const PUBLISHERS = 1_000;
const UNACKNOWLEDGED_MAX = 2_000;
/** In memory: published before anything is handled. */
const BURST = 1_000;

const startedAtMs = systemClock.wallMs();
const [kind = '', url = ''] = process.argv.slice(2);
let rounds = 0;
const side = open();

async function open(): Promise<{ run: EndToEnd; close(): Promise<void> }> {
  if (kind === 'bare') return bareStreams(url);
  if (kind === 'memory') {
    const run: EndToEnd = async (stream, events) => {
      const engine = createMemoryEvents({ clock: systemClock });
      await inBursts(engine, stream, events);
      await engine.close();
    };
    return { run, close: async () => {} };
  }
  const { openRedisEvents } = await import('@holdfast/engines/redis');
  const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
  const engine = await openRedisEvents({ url, ...parts });
  return {
    run: (stream, events) => byManyPublishers(engine, stream, events),
    close: () => engine.close(),
  };
}

async function inBursts(engine: Events, stream: string, events: number): Promise<void> {
  const end = new AbortController();
  const deliveries = engine.consume(stream, { group: 'g', consumer: 'c' }, end.signal);
  let published = 0;
  const publish = async () => {
    for (const last = published + BURST; published < last; published += 1)
      await engine.publish(stream, eventOf(published));
  };
  await publish();
  let handled = 0;
  for await (const delivery of deliveries) {
    await delivery.ack();
    handled += 1;
    if (handled >= events) break;
    if (handled === published) await publish();
  }
  end.abort();
}

/** Acknowledgements are not awaited one by one, as by a consumer that handles many at once. */
async function byManyPublishers(engine: Events, stream: string, events: number): Promise<void> {
  const end = new AbortController();
  const options = {
    group: 'g',
    consumer: 'c',
    from: 'first',
    unacknowledgedMax: UNACKNOWLEDGED_MAX,
  } as const;
  const deliveries = engine.consume(stream, options, end.signal);
  const publisher = async (first: number) => {
    for (let number = first; number < events; number += PUBLISHERS)
      await engine.publish(stream, eventOf(number));
  };
  const publishing = Promise.all(Array.from({ length: PUBLISHERS }, (_, at) => publisher(at)));
  const acknowledged: Promise<void>[] = [];
  for await (const delivery of deliveries) {
    acknowledged.push(delivery.ack());
    if (acknowledged.length === events) break;
  }
  await Promise.all([publishing, ...acknowledged]);
  end.abort();
}

function eventOf(number: number) {
  const data = { number, vehicle: 'v-12' };
  return { id: `event-${number}`, type: 'Moved', key: 'v-12', atMs: startedAtMs, data };
}

answerParent<EventsQuestion, EventsAnswer>(
  async ({ events }) => {
    const { run } = await side;
    rounds += 1;
    const beganMs = performance.now();
    const cpu = process.cpuUsage();
    await run(`trips-${rounds}`, events);
    const { user, system } = process.cpuUsage(cpu);
    return {
      perS: (events / (performance.now() - beganMs)) * 1_000,
      cpuUs: (user + system) / events,
    };
  },
  async () => (await side).close(),
);
