// Whatever consumers die, and whenever: every group handles every event at least once, and in the
// end nothing is left over. A killed consumer never says goodbye to what it holds.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { OpenEvents, OpenedEvents } from './events.conformance.ts';
import { numbered } from './sample-events.ts';

const STREAM = 'trips';
const GROUPS = ['ledger', 'console'] as const;
const CLAIM_MS = 60;
const STEPS_MAX = 400;
const TIMEOUT_MS = 120_000;

interface Life {
  group: (typeof GROUPS)[number];
  /** Deliveries it acknowledges before it dies with one more in hand. */
  handles: number;
}

export function consumerKillsConformance(name: string, open: OpenEvents, runs: number): void {
  const life = fc.record<Life>({
    group: fc.constantFrom(...GROUPS),
    handles: fc.nat(12),
  });
  it(`${name}: every event is handled by every group, whoever dies`, {
    timeout: TIMEOUT_MS,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(life, { maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        async (lives, count) => {
          const opened = await open({});
          try {
            await survives(opened, lives, count);
          } finally {
            await opened.close();
          }
        },
      ),
      { numRuns: runs },
    );
  });
}

async function survives(
  { events, pass }: OpenedEvents,
  lives: Life[],
  count: number,
): Promise<void> {
  const handled = { ledger: new Set<string>(), console: new Set<string>() };
  const abort = new AbortController();
  const mortal = lives.map((each, index) => live(each, `mortal-${index}`));
  async function live({ group, handles }: Life, consumer: string): Promise<void> {
    const options = {
      group,
      consumer,
      claimAfterMs: CLAIM_MS,
      unacknowledgedMax: 5,
      attemptsMax: 1_000,
    };
    let left = handles;
    for await (const delivery of events.consume(STREAM, options, abort.signal)) {
      if (left === 0) return;
      left -= 1;
      handled[group].add(delivery.event.id);
      await delivery.ack();
    }
  }
  const immortal = GROUPS.map((group) =>
    live({ group, handles: Number.POSITIVE_INFINITY }, 'immortal'),
  );
  const published = numbered(1, count);
  for (const each of published) await events.publish(STREAM, each);
  const settled = async () => {
    const lags = await Promise.all(GROUPS.map((group) => events.lag(STREAM, group)));
    return lags.every(({ waiting, unacknowledged }) => waiting + unacknowledged === 0);
  };
  for (let step = 0; step < STEPS_MAX && !(await settled()); step += 1) await pass(CLAIM_MS / 4);
  for (const group of GROUPS) {
    assert.deepEqual(
      [...handled[group]].sort(),
      published.map(({ id }) => id),
    );
    const lag = await events.lag(STREAM, group);
    assert.deepEqual(lag, { waiting: 0, unacknowledged: 0, missed: 0 });
  }
  abort.abort();
  await Promise.all([...mortal, ...immortal]);
}
