import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryEvents } from '@holdfast/engines/events-memory';
import { openRunBook, requestRun } from '@holdfast/fleet/runs';
import { seededChance, silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { RunOrder } from '@holdfast/resources/fleet';
import type { ProbeResult } from '@holdfast/resources/result';
import { sampleCheck, sampleResult } from '../../testing/sample.ts';
import { OrderDesk } from './order-desk.ts';

function world() {
  const clock = new SimulatedClock(Date.UTC(2026, 0, 1));
  const chance = seededChance(1);
  const events = createMemoryEvents({ clock });
  const stored: ProbeResult[] = [];
  const desk = new OrderDesk({
    clock,
    chance,
    logger: silentLogger,
    events,
    server: 's1',
    checkOf: ({ check }) => (check === 'shop' ? sampleCheck() : undefined),
    store: async (result) => void stored.push(result),
  });
  return { clock, chance, events, stored, desk };
}

type World = ReturnType<typeof world>;

/** An agent that measures what it is told to, until it is told to go. */
function listen({ desk }: World, agent: string, answers = true) {
  const gone = new AbortController();
  const orders: RunOrder[] = [];
  const done = (async () => {
    for await (const order of desk.orders(agent, 'fra', gone.signal)) {
      if (order === undefined) continue;
      orders.push(order);
      if (answers) desk.finish(agent, { run: order.run, result: sampleResult() });
    }
  })();
  const leave = () => {
    gone.abort();
    return done;
  };
  return { orders, leave };
}

test('a request goes to one agent of its location, and its result is stored and told', async () => {
  const made = world();
  const { clock, chance, events, stored } = made;
  const agents = [listen(made, 'a'), listen(made, 'b')];
  const book = openRunBook({
    events,
    locationsOf: () => ['fra'],
    tell: (result) => result,
    clock,
    chance,
    logger: silentLogger,
  });
  const asked = { namespace: 'default', check: 'shop', by: 'test' };
  const { run } = await requestRun({ events, clock, chance }, asked);
  await clock.advanceAsync(1_000);
  assert.equal(agents.flatMap(({ orders }) => orders).length, 1);
  assert.equal(stored.length, 1);
  assert.equal(book.state(run)?.state, 'finished');
  await Promise.all(agents.map(({ leave }) => leave()));
  await book.close();
  await events.close();
});

test('an agent that dies with an order in hand leaves it to another one', async () => {
  const made = world();
  const { clock, chance, events, stored } = made;
  const deaf = listen(made, 'deaf', false);
  await clock.advanceAsync(10);
  const asked = { namespace: 'default', check: 'shop', by: 'test' };
  await requestRun({ events, clock, chance }, asked);
  await clock.advanceAsync(100);
  assert.equal(deaf.orders.length, 1);
  await deaf.leave();
  const well = listen(made, 'well');
  await clock.advanceAsync(60_000);
  assert.equal(well.orders.length, 1);
  assert.equal(stored.length, 1);
  await well.leave();
  await events.close();
});

test('a trial asks whoever listens, and says so when nobody does', async () => {
  const made = world();
  const signal = new AbortController().signal;
  await assert.rejects(made.desk.try(sampleCheck(), signal), { code: 'AGENT_FAILED' });
  const agent = listen(made, 'a');
  await made.clock.advanceAsync(10);
  const trying = made.desk.try(sampleCheck(), signal);
  await made.clock.advanceAsync(10);
  assert.equal((await trying).status, 'up');
  await agent.leave();
  await made.events.close();
});

test('a trial that an agent never answers ends, a little after the check’s own timeout', async () => {
  const made = world();
  const deaf = listen(made, 'deaf', false);
  await made.clock.advanceAsync(10);
  const trying = made.desk.try(sampleCheck(), new AbortController().signal);
  const refused = assert.rejects(trying, { code: 'AGENT_FAILED' });
  await made.clock.advanceAsync(sampleCheck().timeoutMs + 5_000);
  await refused;
  await assert.rejects(made.desk.try(sampleCheck(), AbortSignal.abort()), { code: 'AGENT_FAILED' });
  await deaf.leave();
  await made.events.close();
});
