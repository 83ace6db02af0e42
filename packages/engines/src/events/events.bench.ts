// Events in one process, published, delivered and acknowledged one by one:
// `node events.bench.ts [events]`.

import { systemClock } from '@holdfast/kernel';
import type { Events } from './events.ts';
import { createMemoryEvents } from './memory-events.ts';

const EVENTS = Number(process.argv[2] ?? 3_000_000);
const BURST = 1_000;
const ROUNDS = 4;

for (let round = 0; round < ROUNDS; round += 1)
  console.log(`${Math.round(await eventsPerSecond()).toLocaleString('en')} events/s`);

async function eventsPerSecond(): Promise<number> {
  const events = createMemoryEvents({ clock: systemClock });
  const end = new AbortController();
  const deliveries = events.consume('trips', { group: 'g', consumer: 'c' }, end.signal);
  const startedMs = systemClock.nowMs();
  let published = await publishBurst(events, 0);
  let handled = 0;
  for await (const delivery of deliveries) {
    await delivery.ack();
    handled += 1;
    if (handled === EVENTS) break;
    if (handled === published) published = await publishBurst(events, published);
  }
  const tookMs = systemClock.nowMs() - startedMs;
  await events.close();
  return (handled / tookMs) * 1_000;
}

async function publishBurst(events: Events, from: number): Promise<number> {
  const atMs = systemClock.wallMs();
  for (let number = from; number < from + BURST; number += 1) {
    const data = { number, vehicle: 'v-12' };
    await events.publish('trips', { id: `event-${number}`, type: 'Moved', key: 'k', atMs, data });
  }
  return from + BURST;
}
