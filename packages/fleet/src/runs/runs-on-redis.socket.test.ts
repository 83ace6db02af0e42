import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openRedisEvents } from '@holdfast/engines/redis';
import { startRedis } from '@holdfast/engines/testing';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import { sampleResult } from '../testing/parts.ts';
import { consumeRuns, openRunBook, requestRun } from './runs.ts';

const CHECK = { namespace: 'default', name: 'shop', timeoutMs: 5_000 } as CompiledCheck;
const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };

const redis = await startRedis();
after(() => redis.close());

test('on Redis: each request goes to one agent of each location, to another when that one dies, and any server tells', async () => {
  const [one, two] = [
    await openRedisEvents({ ...parts, url: redis.url }),
    await openRedisEvents({ ...parts, url: redis.url }),
  ];
  const measured: string[] = [];
  const serve = (events: typeof one, agent: string, hangs = false) => {
    const ending = new AbortController();
    const ended = consumeRuns(
      {
        ...parts,
        events,
        location: agent.slice(0, 3),
        agent,
        claimAfterMs: 1_000,
        checkOf: () => CHECK,
        handOut: async ({ run }) => {
          if (hangs) return new Promise<never>(() => {});
          measured.push(`${run}@${agent.slice(0, 3)}`);
          const result = sampleResult(1);
          return { ...result, agent, key: { ...result.key, location: agent.slice(0, 3) } };
        },
        store: async () => {},
      },
      ending.signal,
    );
    return async () => {
      ending.abort();
      await ended;
    };
  };
  const locationsOf = () => ['fra', 'nyc'];
  const book = openRunBook({ ...parts, events: two, locationsOf, tell: (result) => result });
  const stopHanging = serve(one, 'fra-0', true);
  const asked = { namespace: 'default', check: 'shop', by: 'a test' };
  const first = await requestRun({ ...parts, events: one }, asked);
  const waiting = book.wait(first.run, 300);
  assert.equal((await waiting)?.state ?? 'queued', 'queued');
  await stopHanging();
  const stops = [serve(one, 'fra-1'), serve(two, 'fra-2'), serve(two, 'nyc-1')];
  const runs = [first];
  for (let number = 0; number < 30; number += 1)
    runs.push(await requestRun({ ...parts, events: one }, asked));
  for (const { run } of runs) {
    const state = await book.wait(run, 10_000);
    assert.equal(state?.state, 'finished');
    assert.equal(state?.results.length, 2);
  }
  assert.equal(measured.length, 62);
  assert.equal(new Set(measured).size, 62, 'none twice');
  for (const stop of stops) await stop();
  await book.close();
  await one.close();
  await two.close();
});
