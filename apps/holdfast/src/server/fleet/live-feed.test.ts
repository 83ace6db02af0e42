import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Events } from '@holdfast/engines/events';
import { createMemoryEvents } from '@holdfast/engines/events-memory';
import { HoldfastError, seededChance, silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { ProbeResult } from '@holdfast/resources/result';
import { sampleResult } from '../../testing/sample.ts';
import { LiveFeed } from './live-feed.ts';

/** Two servers on one event engine, of which either can lose it. */
function world() {
  const clock = new SimulatedClock();
  const shared = createMemoryEvents({ clock });
  const stored: ProbeResult[] = [];
  const server = () => {
    const state = { isAway: false, hangs: false, looks: 0 };
    const heard = new Set<number>();
    const events: Events = {
      ...shared,
      read: (...how) => shared.read(...how),
      publish: async (...what) => {
        if (state.hangs) await new Promise(() => {});
        if (state.isAway) throw new HoldfastError('EVENTS_FAILED', 'It is away.', 'Wait.');
        return shared.publish(...what);
      },
    };
    const feed = new LiveFeed({
      clock,
      chance: seededChance(1),
      logger: silentLogger,
      events,
      onResults: async (batch) => {
        for (const { key } of batch) heard.add(key.plannedAtMs);
      },
      onAlert: () => {},
      look: async () => {
        state.looks += 1;
        return stored;
      },
    });
    const keep = (from: number, to: number) => {
      for (let atMs = from; atMs < to; atMs += 1) {
        const result = sampleResult({ atMs });
        stored.push(result);
        feed.tellResults([result]);
      }
    };
    return { state, heard, feed, keep };
  };
  return { clock, shared, one: server(), two: server() };
}

test('what one server stored all hear', async () => {
  const { clock, shared, one, two } = world();
  one.keep(1, 101);
  await clock.advanceAsync(100);
  assert.deepEqual([one.heard.size, two.heard.size], [100, 100]);
  await clock.advanceAsync(60_000);
  assert.deepEqual([one.state.looks, two.state.looks], [0, 0], 'all is well');
  await Promise.all([one.feed.close(), two.feed.close()]);
  await shared.close();
});

test('a server that cannot tell keeps it, shows what the store has meanwhile, and tells later', async () => {
  const { clock, shared, one, two } = world();
  one.state.isAway = true;
  one.keep(1, 11);
  await clock.advanceAsync(6_000);
  assert.equal(one.feed.well, false);
  assert.deepEqual([one.heard.size, two.heard.size], [10, 0]);
  one.keep(11, 21);
  one.state.isAway = false;
  await clock.advanceAsync(10_000);
  assert.deepEqual([one.heard.size, two.heard.size], [20, 20]);
  assert.equal(one.feed.well, true);
  await clock.advanceAsync(30_000);
  assert.equal(one.state.looks, 2, 'once more after the outage, and no more');
  await Promise.all([one.feed.close(), two.feed.close()]);
  await shared.close();
});

test('an engine that hangs holds up neither who stores nor who closes', async () => {
  const { clock, shared, one, two } = world();
  one.state.hangs = true;
  one.keep(1, 30_001);
  await clock.advanceAsync(1_000);
  assert.equal(one.heard.size, 0);
  await Promise.all([one.feed.close(), two.feed.close()]);
  await shared.close();
});
