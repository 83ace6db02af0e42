import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Events } from '@holdfast/engines/events';
import { createMemoryEvents } from '@holdfast/engines/events-memory';
import { HoldfastError, seededChance, silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { RunRequest } from '@holdfast/resources/fleet';
import type { ProbeResult } from '@holdfast/resources/result';
import { passUntil, passWhile, sampleResult } from '../testing/parts.ts';
import { consumeRuns, openRunBook, RUNS_STREAM, requestRun } from './runs.ts';

const CLAIM_MS = 30_000;
const SHOP = { namespace: 'default', name: 'shop', timeoutMs: 5_000 } as CompiledCheck;
const ASKED = { namespace: 'default', check: 'shop', by: 'somebody' };

interface World {
  clock: SimulatedClock;
  events: Events;
  parts: { clock: SimulatedClock; events: Events; chance: ReturnType<typeof seededChance> };
  stored: ProbeResult[];
}

function openWorld(): World {
  const clock = new SimulatedClock();
  const events = createMemoryEvents({ clock });
  return { clock, events, parts: { clock, events, chance: seededChance(5) }, stored: [] };
}

/** An agent's consumer at its server, which tells each order that it was handed. */
function serve(
  { parts, stored }: World,
  location: string,
  agent: string,
  measure: () => Promise<void> = async () => {},
) {
  const orders: string[] = [];
  const ending = new AbortController();
  const ended = consumeRuns(
    {
      ...parts,
      location,
      agent,
      claimAfterMs: CLAIM_MS,
      checkOf: ({ check }) => (check === 'shop' ? SHOP : undefined),
      handOut: async ({ run }, signal) => {
        orders.push(run);
        await measure();
        signal.throwIfAborted();
        const result = sampleResult(orders.length);
        return { ...result, agent, key: { ...result.key, location } };
      },
      store: async (result) => void stored.push(result),
      logger: silentLogger,
    },
    ending.signal,
  );
  const stop = async () => {
    ending.abort();
    await ended;
  };
  return { orders, stop };
}

function openBook({ parts }: World, locations: (request: RunRequest) => string[]) {
  return openRunBook({
    ...parts,
    locationsOf: locations,
    tell: (result) => result,
    logger: silentLogger,
  });
}

test('each location hands a request to exactly one of its agents, and the book tells when all are done', async () => {
  const world = openWorld();
  const agents = ['fra-1', 'fra-2', 'nyc-1'].map((id) => serve(world, id.slice(0, 3), id));
  const book = openBook(world, ({ location }) => (location ? [location] : ['fra', 'nyc']));
  const { run } = await requestRun(world.parts, ASKED);
  const state = await passWhile(world.clock, book.wait(run, 10_000));
  assert.equal(state?.state, 'finished');
  assert.deepEqual(
    state?.results.map(({ key }) => key.location),
    ['fra', 'nyc'],
  );
  for (let more = 0; more < 20; more += 1)
    await requestRun(world.parts, { ...ASKED, location: 'fra' });
  await passUntil(world.clock, () => world.stored.length === 22);
  const [one, two, far] = agents.map(({ orders }) => orders.length);
  assert.equal((one ?? 0) + (two ?? 0), 21);
  assert.equal(far, 1);
  assert.ok(book.history(30).every((each) => each.state === 'finished'));
  assert.equal(book.history(5).length, 5);
  const lag = await world.events.lag(RUNS_STREAM, 'location:fra');
  assert.equal(lag.unacknowledged, 0);
  for (const agent of agents) await agent.stop();
  await book.close();
  await world.events.close();
});

test('a request whose agent died goes to another one, and the first result stays', async () => {
  const world = openWorld();
  const book = openBook(world, () => ['fra']);
  const hanging = serve(world, 'fra', 'fra-1', () => new Promise(() => {}));
  const { run } = await requestRun(world.parts, ASKED);
  await passUntil(world.clock, () => hanging.orders.length === 1);
  const other = serve(world, 'fra', 'fra-2');
  await world.clock.advanceAsync(2_000);
  assert.equal(book.state(run)?.state, 'queued');
  await hanging.stop();
  const state = await passWhile(world.clock, book.wait(run, CLAIM_MS / 10));
  assert.equal(state?.state, 'finished', 'at once, not when it is claimed');
  assert.equal(state?.results[0]?.agent, 'fra-2');
  await other.stop();
  await book.close();
  await world.events.close();
});

test('a run that cannot be handed out stays queued, and expires after ten minutes', async () => {
  const world = openWorld();
  const book = openBook(world, () => ['fra']);
  const { run } = await requestRun(world.parts, ASKED);
  const early = await passWhile(world.clock, book.wait(run, 1_000));
  assert.equal(early?.state, 'queued');
  await world.clock.advanceAsync(600_000);
  assert.equal(book.state(run)?.state, 'expired');
  const late = serve(world, 'fra', 'fra-1');
  await world.clock.advanceAsync(5_000);
  assert.deepEqual(late.orders, [], 'nobody waits for it any more');
  const { run: fresh } = await requestRun(world.parts, ASKED);
  await passUntil(world.clock, () => book.state(fresh)?.state === 'finished');
  assert.deepEqual(late.orders, [fresh]);
  await late.stop();
  await book.close();
  await world.events.close();
});

test('a request that came before the first agent of its location is not lost', async () => {
  const world = openWorld();
  const { run } = await requestRun(world.parts, ASKED);
  await world.clock.advanceAsync(60_000);
  const agent = serve(world, 'fra', 'fra-1');
  await passUntil(world.clock, () => agent.orders.length === 1);
  assert.deepEqual(agent.orders, [run]);
  await agent.stop();
  await world.events.close();
});

test('what is no request, or is for nobody here, is passed over', async () => {
  const world = openWorld();
  const agent = serve(world, 'fra', 'fra-1');
  const book = openBook(world, () => ['fra']);
  for (const data of [null, 7, 'text', [], {}, { run: 1 }, { run: 'x', result: null }])
    for (const type of ['RunRequested', 'RunFinished', 'Other'])
      await world.events.publish(RUNS_STREAM, {
        id: `${type}-${JSON.stringify(data)}`,
        type,
        key: 'x',
        atMs: world.clock.wallMs(),
        data,
      });
  await requestRun(world.parts, { ...ASKED, check: 'unknown' });
  await requestRun(world.parts, { ...ASKED, location: 'nyc' });
  const { run } = await requestRun(world.parts, ASKED);
  await passUntil(world.clock, () => agent.orders.length === 1);
  assert.deepEqual(agent.orders, [run]);
  await passUntil(world.clock, () => book.state(run)?.state === 'finished');
  await agent.stop();
  await book.close();
  await world.events.close();
});

test('a result that is not stored is not acknowledged: the run is measured again', async () => {
  const world = openWorld();
  let failures = 1;
  const agent = serve(world, 'fra', 'fra-1', async () => {
    failures -= 1;
    if (failures >= 0) throw new HoldfastError('AGENT_FAILED', 'It is away.', 'Wait.');
  });
  const other = serve(world, 'fra', 'fra-2', async () => {
    failures -= 1;
    if (failures >= 0) throw new HoldfastError('AGENT_FAILED', 'It is away.', 'Wait.');
  });
  await requestRun(world.parts, ASKED);
  await passUntil(world.clock, () => world.stored.length === 1, CLAIM_MS / 2);
  assert.equal(agent.orders.length + other.orders.length, 2);
  await agent.stop();
  await other.stop();
  await world.events.close();
});

test('a location where no agent can make a run does not disturb the others, and gives up in the end', async () => {
  const world = openWorld();
  const book = openBook(world, () => ['fra', 'nyc']);
  const broken = serve(world, 'fra', 'fra-1', async () => {
    throw new HoldfastError('AGENT_FAILED', 'It is away.', 'Wait.');
  });
  const well = serve(world, 'nyc', 'nyc-1');
  const { run } = await requestRun(world.parts, ASKED);
  await passUntil(world.clock, () => broken.orders.length > 5);
  assert.deepEqual(well.orders, [run], 'once, however often the other place tries');
  await world.clock.advanceAsync(600_000);
  const tries = broken.orders.length;
  assert.ok(tries < 300, `${tries} tries`);
  assert.equal(book.state(run)?.state, 'expired');
  await world.clock.advanceAsync(60_000);
  assert.equal(broken.orders.length, tries);
  await broken.stop();
  await well.stop();
  await book.close();
  await world.events.close();
});

test('a bare entry that names a check is a request of its own name', async () => {
  const world = openWorld();
  const book = openBook(world, () => ['fra']);
  const agent = serve(world, 'fra', 'fra-1');
  const bare = { type: 'RunRequested', key: '', atMs: world.clock.wallMs() };
  await world.events.publish(RUNS_STREAM, { ...bare, id: '77-0', data: { check: 'shop' } });
  const state = await passWhile(world.clock, book.wait('77-0', 10_000));
  assert.equal(state?.state, 'finished');
  assert.deepEqual([state?.by, state?.namespace, agent.orders], ['queue', 'default', ['77-0']]);
  await agent.stop();
  await book.close();
  await world.events.close();
});

test('the book is bounded, and a waiter gives up with its signal or the book', async () => {
  const world = openWorld();
  const book = openBook(world, () => ['fra']);
  const runs: string[] = [];
  for (let number = 0; number < 1_100; number += 1)
    runs.push((await requestRun(world.parts, ASKED)).run);
  await passUntil(world.clock, () => book.state(runs.at(-1) ?? '') !== undefined);
  assert.equal(book.history(5_000).length, 1_000);
  assert.equal(book.state(runs[0] ?? ''), undefined, 'the oldest is forgotten');
  assert.equal(book.history(1)[0]?.run, runs.at(-1));
  const gone = new AbortController();
  const waiting = book.wait(runs.at(-1) ?? '', 60_000, gone.signal);
  gone.abort(new Error('The caller went away'));
  await assert.rejects(waiting, /went away/);
  const other = book.wait(runs.at(-1) ?? '', 60_000);
  await book.close();
  assert.equal((await other)?.state, 'queued');
  await world.events.close();
});
