import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertJournal } from '@holdfast/engines/alert-journal';
import { seededChance } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { AlertDelivery, AlertRecord } from '@holdfast/resources/alert-record';
import type { CompiledChannel, CompiledRule } from '@holdfast/resources/compiled-alert';
import type { ProbeResult } from '@holdfast/resources/result';
import { type AlertEngine, type AlertMessage, createAlertEngine } from './alert-engine.ts';
import type { SendOutcome } from './sender.ts';
import { MemoryAlertJournal } from './testing/memory-alert-journal.ts';
import { RecordingLogger, RecordingMeter } from './testing/recorders.ts';
import { sampleCheck, sampleRule, sampleRun, T0_MS } from './testing/samples.ts';

const CHANNELS: CompiledChannel[] = [
  { name: 'hook', type: 'webhook', url: 'http://hook', headers: {} },
  { name: 'mail', type: 'smtp', server: 'smtp://mail', from: 'a@b', to: ['c@d'] },
];

interface World {
  engine: AlertEngine;
  clock: SimulatedClock;
  journal: AlertJournal;
  logger: RecordingLogger;
  meter: RecordingMeter;
  /** What reached the receivers. */
  received: AlertDelivery[];
  records: AlertRecord[];
}

type Answer = (delivery: AlertDelivery) => SendOutcome | Promise<SendOutcome>;
const DELIVERED: SendOutcome = { type: 'delivered', outcome: '200 OK' };

let seed = 0;

function world(
  journal: AlertJournal = new MemoryAlertJournal(),
  answer: Answer = () => DELIVERED,
): World {
  const clock = new SimulatedClock(T0_MS);
  const [logger, meter] = [new RecordingLogger(), new RecordingMeter()];
  const received: AlertDelivery[] = [];
  const records: AlertRecord[] = [];
  const send = async (delivery: AlertDelivery) => {
    const outcome = await answer(delivery);
    if (outcome.type === 'delivered') received.push(delivery);
    return outcome;
  };
  seed += 1;
  const engine = createAlertEngine({
    clock,
    chance: seededChance(seed),
    logger,
    meter,
    journal,
    send: { webhook: send, smtp: send },
    onAlert: (record) => records.push(record),
    consoleUrl: ({ namespace, check }) => `http://console/${namespace}/${check}`,
  });
  return { engine, clock, journal, logger, meter, received, records };
}

async function started(
  made: World,
  rules = [sampleRule()],
  latest: ProbeResult[] = [],
): Promise<World> {
  await made.engine.configure(rules, CHANNELS, [sampleCheck()]);
  await made.engine.hydrate(latest);
  return made;
}

async function observeAll({ engine, clock }: World, runs: ProbeResult[]): Promise<void> {
  for (const run of runs) {
    await engine.observe(run);
    await clock.advanceAsync(10_000);
  }
}

const events = (received: AlertDelivery[]) => received.map((d) => `${d.event} ${d.channel}`);
const downTwice = [sampleRun(0, 'down'), sampleRun(10, 'down')];

test('fires once, recovers once, with record, message, listener and gauge', async () => {
  const w = await started(world());
  await observeAll(w, [...downTwice, sampleRun(20, 'down')]);
  assert.equal(w.meter.values.get('holdfast_alerts_firing'), 1);
  await observeAll(w, [sampleRun(30, 'up'), sampleRun(40, 'up')]);
  assert.deepEqual(events(w.received), ['fired hook', 'recovered hook']);
  assert.equal(w.meter.values.get('holdfast_alerts_firing'), 0);
  const [record, ...others] = await w.journal.recent(10);
  assert.deepEqual(others, []);
  assert.equal(record?.state, 'recovered');
  assert.equal(record?.sinceMs, T0_MS);
  assert.equal(record?.firedAtMs, T0_MS + 10_000);
  assert.equal(record?.recoveredAtMs, T0_MS + 30_000);
  assert.equal(record?.fault?.code, 'CONNECT_REFUSED');
  assert.deepEqual(
    w.records.map(({ state }) => state),
    ['firing', 'recovered'],
  );
  const [fired, recovered] = w.received.map((d) => JSON.parse(d.payload) as AlertMessage);
  assert.equal(fired?.alert_id, recovered?.alert_id);
  assert.equal(fired?.console_url, 'http://console/default/checkout');
  assert.equal(recovered?.duration_ms, 30_000);
});

test('each rule that matches counts for itself and tells its own channels', async () => {
  const fast = sampleRule({ name: 'fast', failures: 1, channels: ['mail', 'hook', 'mail'] });
  const other = sampleRule({ name: 'other', match: { names: ['x*'], labels: {}, namespaces: [] } });
  const w = await started(world(), [sampleRule(), fast, other]);
  await observeAll(w, downTwice);
  assert.deepEqual(events(w.received), ['fired mail', 'fired hook', 'fired hook']);
  assert.deepEqual(
    w.records.map(({ rule }) => rule),
    ['fast', 'pages'],
  );
});

test('a check that no rule watches is none of our business', async () => {
  const w = await started(world());
  await observeAll(w, [sampleRun(0, 'down', 'stranger'), sampleRun(10, 'down', 'stranger')]);
  assert.deepEqual(w.received, []);
});

test('a recovery goes to those who heard of the outage, though the rule has changed', async () => {
  const w = await started(world());
  await observeAll(w, downTwice);
  await w.engine.configure([sampleRule({ channels: ['mail'] })], CHANNELS, [sampleCheck()]);
  await observeAll(w, [sampleRun(30, 'up')]);
  assert.deepEqual(events(w.received), ['fired hook', 'recovered hook']);
});

test('what is withdrawn while firing is closed without a message, with its cause in the log', async () => {
  const narrow = sampleRule({ match: { names: ['x'], labels: {}, namespaces: [] } });
  const cases: [CompiledRule[], ReturnType<typeof sampleCheck>[], string][] = [
    [[sampleRule()], [], 'check_removed'],
    [[], [sampleCheck()], 'rule_removed'],
    [[narrow], [sampleCheck()], 'not_matched'],
  ];
  for (const [rules, checks, cause] of cases) {
    const w = await started(world());
    await observeAll(w, downTwice);
    await w.engine.configure(rules, CHANNELS, checks);
    await w.clock.advanceAsync(1_000);
    assert.deepEqual(events(w.received), ['fired hook']);
    assert.deepEqual(await w.journal.open(), []);
    assert.equal(w.records.at(-1)?.state, 'recovered');
    assert.match(w.logger.lines.join('\n'), new RegExp(`closed without recovery .*"${cause}"`));
    assert.equal(w.meter.values.get('holdfast_alerts_firing'), 0);
  }
});

test('alerts whose check went away while the process was down are closed at the start', async () => {
  const first = await started(world());
  await observeAll(first, downTwice);
  await first.engine.close();
  const second = world(first.journal);
  await second.engine.configure([sampleRule()], CHANNELS, []);
  await second.engine.hydrate(downTwice);
  assert.deepEqual(await first.journal.open(), []);
  assert.match(second.logger.lines.join('\n'), /"check_removed"/);
});

test('a restart neither repeats the alert nor forgets its recovery', async () => {
  const first = await started(world());
  await observeAll(first, downTwice);
  await first.engine.close();
  const second = await started(world(first.journal), [sampleRule()], downTwice);
  assert.equal(second.meter.values.get('holdfast_alerts_firing'), 1);
  await observeAll(second, [sampleRun(20, 'down'), sampleRun(30, 'up')]);
  assert.deepEqual(events(second.received), ['recovered hook']);
  assert.equal((await first.journal.recent(10)).length, 1);
});

test('a firing still undelivered when it recovers is told first, across a restart', async () => {
  const first = await started(world(undefined, () => ({ type: 'failed', outcome: '503' })));
  await observeAll(first, [...downTwice, sampleRun(20, 'up')]);
  await first.engine.close();
  const second = await started(world(first.journal), [sampleRule()], [sampleRun(20, 'up')]);
  await second.clock.advanceAsync(1_000);
  assert.deepEqual(events(second.received), ['fired hook', 'recovered hook']);
});

test('killed at any step and started again: one firing, one recovery, one alert', async () => {
  const runs = [...downTwice, sampleRun(20, 'up')];
  let survived = false;
  for (let steps = 0; !survived; steps += 1) {
    assert.ok(steps < 50);
    const kill = killAfter(steps);
    const journal = new MemoryAlertJournal();
    const first = world(kill.journal(journal), (delivery) => kill.step(() => DELIVERED, delivery));
    const stored: ProbeResult[] = [];
    const life = (async () => {
      await started(first, [sampleRule({ channels: ['hook', 'mail'] })]);
      for (const run of runs) {
        stored.push(run);
        await observeAll(first, [run]);
      }
    })();
    survived = await Promise.race([life.then(() => true), kill.killed.then(() => false)]);
    const before = [...first.received];
    const latest = [...stored];
    const second = await started(
      world(journal),
      [sampleRule({ channels: ['hook', 'mail'] })],
      latest,
    );
    await observeAll(second, runs.slice(latest.length));
    await second.clock.advanceAsync(600_000);
    const told = new Map([...before, ...second.received].map((d) => [d.id, d]));
    assert.deepEqual(
      events([...told.values()]).toSorted(),
      ['fired hook', 'fired mail', 'recovered hook', 'recovered mail'],
      `killed after ${steps} steps`,
    );
    assert.equal((await journal.recent(10)).length, 1);
    assert.deepEqual([await journal.open(), await journal.pending()], [[], []]);
  }
});

test('a journal or a listener that fails does not silence an alert', async () => {
  class ReadOnlyJournal extends MemoryAlertJournal {
    override async save(): Promise<void> {
      throw new Error('disk full');
    }
    override async deliveries(): Promise<AlertDelivery[]> {
      throw new Error('disk full');
    }
  }
  const w = await started(world(new ReadOnlyJournal()));
  await observeAll(w, [...downTwice, sampleRun(20, 'up')]);
  assert.deepEqual(events(w.received), ['fired hook', 'recovered hook']);
  assert.match(w.logger.lines.join('\n'), /error Alert journal failed/);
});

test('observing is refused until hydrate has told what nobody heard of', {
  timeout: 5_000,
}, async () => {
  const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
  class SlowJournal extends MemoryAlertJournal {
    override async deliveries(alertId: string): Promise<AlertDelivery[]> {
      await gate;
      return super.deliveries(alertId);
    }
  }
  const journal = new SlowJournal();
  const check = { namespace: 'default', check: 'checkout' };
  const facts = { sinceMs: T0_MS, firedAtMs: T0_MS + 10_000, failures: 2 };
  await journal.save({ id: 'A1', rule: 'pages', check, state: 'firing', ...facts });
  const w = world(journal);
  const start = started(w, [sampleRule()], downTwice);
  await w.clock.advanceAsync(0);
  await assert.rejects(w.engine.observe(sampleRun(20, 'up')), /before hydrate/);
  openGate();
  await start;
  await observeAll(w, [sampleRun(20, 'up')]);
  assert.deepEqual(events(w.received), ['fired hook', 'recovered hook']);
});

test('observing before hydrate is refused: it would repeat what is open', async () => {
  const w = world();
  await assert.rejects(w.engine.observe(sampleRun(0, 'down')), /before hydrate/);
  const hydrating = w.engine.hydrate([]);
  await assert.rejects(w.engine.observe(sampleRun(0, 'down')), /before hydrate/);
  await hydrating;
  await w.engine.observe(sampleRun(0, 'down'));
});

/** A process that stops dead: after so many writes and sends nothing it began ever ends. */
function killAfter(steps: number) {
  let left = steps;
  const { promise: killed, resolve: kill } = Promise.withResolvers<void>();
  const never = new Promise<never>(() => {});
  const step = async <T, A>(work: (argument: A) => T, argument: A): Promise<Awaited<T>> => {
    if (left <= 0) {
      kill();
      return never;
    }
    left -= 1;
    return await work(argument);
  };
  const journal = (real: AlertJournal): AlertJournal => ({
    open: () => real.open(),
    recent: (limit) => real.recent(limit),
    pending: () => real.pending(),
    deliveries: (alertId) => real.deliveries(alertId),
    save: (record) => step((r) => real.save(r), record),
    saveDelivery: (delivery) => step((d) => real.saveDelivery(d), delivery),
  });
  return { step, journal, killed };
}
