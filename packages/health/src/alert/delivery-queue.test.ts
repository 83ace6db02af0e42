import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { AlertDelivery } from '@holdfast/resources/alert-record';
import type { CompiledChannel } from '@holdfast/resources/compiled-alert';
import { LANE_CAPACITY } from './delivery-lane.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { SendOutcome } from './sender.ts';
import { MemoryAlertJournal } from './testing/memory-alert-journal.ts';
import { RecordingLogger, RecordingMeter } from './testing/recorders.ts';
import { sampleDelivery, steadyChance, T0_MS } from './testing/samples.ts';

const DELIVERED: SendOutcome = { type: 'delivered', outcome: '200 OK' };
const FAILED: SendOutcome = { type: 'failed', outcome: '503 Service Unavailable' };
/** The longest back-off, all but a hair. */
const LONGEST = 1 - 2 ** -40;

type Answer = (delivery: AlertDelivery, signal: AbortSignal) => SendOutcome | Promise<SendOutcome>;

interface World {
  clock: SimulatedClock;
  journal: MemoryAlertJournal;
  logger: RecordingLogger;
  meter: RecordingMeter;
  queue: DeliveryQueue;
  /** Every attempt: seconds since the start and what was sent. */
  attempts: [number, string][];
}

function world(answer: Answer, journal = new MemoryAlertJournal()): World {
  const clock = new SimulatedClock(T0_MS);
  const [logger, meter] = [new RecordingLogger(), new RecordingMeter()];
  const attempts: World['attempts'] = [];
  const send = async (delivery: AlertDelivery, _channel: CompiledChannel, signal: AbortSignal) => {
    attempts.push([Math.round(clock.nowMs()) / 1_000, delivery.id]);
    return answer(delivery, signal);
  };
  const queue = new DeliveryQueue({
    clock,
    chance: steadyChance(LONGEST),
    logger,
    meter,
    journal,
    send: { webhook: send, smtp: send },
  });
  queue.configure([
    { name: 'hook', type: 'webhook', url: 'http://hook', headers: {} },
    { name: 'mail', type: 'smtp', server: 'smtp://mail', from: 'a@b', to: ['c@d'] },
  ]);
  return { clock, journal, logger, meter, queue, attempts };
}

async function stored(journal: MemoryAlertJournal, id: string): Promise<AlertDelivery | undefined> {
  return (await journal.deliveries('A1')).find((delivery) => delivery.id === id);
}

test('a delivery is pending in the journal before its first attempt', async () => {
  const journal = new MemoryAlertJournal();
  const seen: (string | undefined)[] = [];
  const { queue, clock } = world(async (delivery) => {
    seen.push((await stored(journal, delivery.id))?.state);
    return DELIVERED;
  }, journal);
  await queue.push(sampleDelivery());
  await clock.advanceAsync(0);
  assert.deepEqual(seen, ['pending']);
  const done = await stored(journal, 'A1.fired.hook');
  assert.equal(done?.state, 'delivered');
  assert.equal(done?.attempts, 1);
  assert.equal(done?.outcome, '200 OK');
  assert.equal(done?.lastAttemptAtMs, T0_MS);
});

test('eight tries, each wait up to twice the one before, at most a minute; then it is given up', async () => {
  const { queue, clock, attempts, journal, logger, meter } = world(() => FAILED);
  await queue.push(sampleDelivery());
  await clock.advanceAsync(600_000);
  assert.deepEqual(
    attempts.map(([at]) => at),
    [0, 1, 3, 7, 15, 31, 63, 123],
  );
  const given = await stored(journal, 'A1.fired.hook');
  assert.equal(given?.state, 'failed');
  assert.equal(given?.attempts, 8);
  assert.equal(given?.outcome, '503 Service Unavailable');
  assert.equal(
    logger.lines.filter((line) => line.startsWith('error Alert delivery given up')).length,
    1,
  );
  const series = 'holdfast_alert_deliveries_total{channel="hook",outcome="failed"}';
  assert.deepEqual([...meter.values], [[series, 1]]);
  assert.equal(clock.pending, 0);
});

test('a recovery waits until its firing got through, other channels do not', async () => {
  let alive = false;
  const { queue, clock, attempts } = world(({ channel }) =>
    channel === 'hook' && !alive ? FAILED : DELIVERED,
  );
  await queue.push(sampleDelivery());
  await queue.push(sampleDelivery({ channel: 'mail' }));
  await queue.push(sampleDelivery({ event: 'recovered' }));
  await queue.push(sampleDelivery({ event: 'recovered', channel: 'mail' }));
  await clock.advanceAsync(1_500);
  alive = true;
  await clock.advanceAsync(60_000);
  const to = (channel: string) => attempts.filter(([, id]) => id.endsWith(channel));
  assert.deepEqual(to('mail'), [
    [0, 'A1.fired.mail'],
    [0, 'A1.recovered.mail'],
  ]);
  assert.deepEqual(to('hook'), [
    [0, 'A1.fired.hook'],
    [1, 'A1.fired.hook'],
    [3, 'A1.fired.hook'],
    [3, 'A1.recovered.hook'],
  ]);
});

test('a refusal is final', async () => {
  const { queue, clock, attempts, journal } = world(() => ({ type: 'refused', outcome: '404' }));
  await queue.push(sampleDelivery());
  await clock.advanceAsync(600_000);
  assert.equal(attempts.length, 1);
  assert.equal((await stored(journal, 'A1.fired.hook'))?.state, 'failed');
});

test('what the receiver asks to wait is honoured up to five minutes, and only to wait longer', async () => {
  const asked = [2_000, 0, 3_600_000];
  const { queue, clock, attempts } = world(() => {
    const retryAfterMs = asked.shift();
    return retryAfterMs === undefined ? DELIVERED : { ...FAILED, retryAfterMs };
  });
  await queue.push(sampleDelivery());
  await clock.advanceAsync(3_600_000);
  assert.deepEqual(
    attempts.map(([at]) => at),
    [0, 2, 4, 304],
  );
});

/** Ends at the signal and not before, as a silent receiver makes a sender do. */
function hang(signal: AbortSignal): Promise<SendOutcome> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ type: 'failed', outcome: 'aborted' }));
  });
}

test('an attempt that hangs is called off after ten seconds', async () => {
  const { queue, clock, attempts, journal } = world((_, signal) => hang(signal));
  await queue.push(sampleDelivery());
  await clock.advanceAsync(10_500);
  assert.equal((await stored(journal, 'A1.fired.hook'))?.outcome, 'no answer within 10s');
  await clock.advanceAsync(500);
  assert.deepEqual(
    attempts.map(([at]) => at),
    [0, 11],
  );
  await queue.close();
});

test('closing leaves pending what is pending, and a restart takes it up with its tries', async () => {
  const first = world(() => FAILED);
  await first.queue.push(sampleDelivery());
  await first.queue.push(sampleDelivery({ event: 'recovered' }));
  await first.clock.advanceAsync(3_000);
  await first.queue.close();
  assert.equal(first.clock.pending, 0);
  const second = world(({ event }) => (event === 'fired' ? FAILED : DELIVERED), first.journal);
  for (const delivery of await first.journal.pending()) await second.queue.resume(delivery);
  await second.clock.advanceAsync(600_000);
  assert.deepEqual(
    second.attempts.map(([, id]) => id),
    [...Array<string>(5).fill('A1.fired.hook'), 'A1.recovered.hook'],
  );
  assert.equal((await stored(first.journal, 'A1.fired.hook'))?.attempts, 8);
  assert.deepEqual(await first.journal.pending(), []);
});

test('an attempt called off by closing is not held against the delivery', async () => {
  const { queue, clock, journal } = world((_, signal) => hang(signal));
  await queue.push(sampleDelivery());
  await clock.advanceAsync(5_000);
  await queue.close();
  assert.deepEqual(await journal.pending(), [sampleDelivery()]);
  assert.equal(clock.pending, 0);
});

test('a delivery that is waiting already is not queued again', async () => {
  const { queue, clock, attempts } = world(() => (clock.nowMs() === 0 ? FAILED : DELIVERED));
  await queue.push(sampleDelivery());
  await queue.push(sampleDelivery());
  await clock.advanceAsync(60_000);
  assert.equal(attempts.length, 2);
});

test('a full lane gives up its oldest, says so, and goes on', async () => {
  const { queue, clock, journal, meter, attempts } = world(() => FAILED);
  // One is under way and the lane holds its capacity behind it.
  for (let i = 0; i < LANE_CAPACITY + 2; i += 1) await queue.push(sampleDelivery({ id: `d${i}` }));
  await clock.advanceAsync(0);
  assert.equal((await stored(journal, 'd1'))?.state, 'failed');
  assert.equal((await stored(journal, 'd1'))?.outcome, 'shed: the channel is too slow');
  assert.equal((await stored(journal, 'd2'))?.state, 'pending');
  assert.equal(
    meter.values.get('holdfast_alert_deliveries_total{channel="hook",outcome="failed"}'),
    1,
  );
  assert.deepEqual(
    attempts.map(([, id]) => id),
    ['d0'],
  );
  await queue.close();
});

test('a channel that is gone ends its deliveries', async () => {
  const { queue, clock, journal } = world(() => DELIVERED);
  await queue.push(sampleDelivery({ channel: 'pager' }));
  await clock.advanceAsync(0);
  const gone = await stored(journal, 'A1.fired.pager');
  assert.deepEqual([gone?.state, gone?.outcome], ['failed', 'no such channel any more']);
});

test('a sender that throws is tried again, and what it threw is not told', async () => {
  const { queue, clock, journal, logger } = world(() => {
    throw new Error('http://user:hunter2@hook');
  });
  await queue.push(sampleDelivery());
  await clock.advanceAsync(500);
  assert.equal((await stored(journal, 'A1.fired.hook'))?.state, 'pending');
  assert.doesNotMatch(logger.lines.join('\n'), /hunter2/);
  await queue.close();
});

test('a journal that fails does not stop a message', async () => {
  class BrokenJournal extends MemoryAlertJournal {
    override async saveDelivery(): Promise<void> {
      throw new Error('disk full');
    }
  }
  const { queue, clock, attempts, logger } = world(() => DELIVERED, new BrokenJournal());
  await queue.push(sampleDelivery());
  await clock.advanceAsync(0);
  assert.equal(attempts.length, 1);
  assert.match(logger.lines.join('\n'), /error Alert journal failed .*disk full/);
});
