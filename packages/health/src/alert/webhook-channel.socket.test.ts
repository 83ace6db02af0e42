import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { type Clock, systemClock } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { WebhookChannel } from '@holdfast/resources/compiled-alert';
import type { AlertMessage } from './alert-message.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { SendOutcome } from './sender.ts';
import { HookReceiver } from './testing/hook-receiver.ts';
import { MemoryAlertJournal } from './testing/memory-alert-journal.ts';
import { RecordingLogger, RecordingMeter } from './testing/recorders.ts';
import { sampleDelivery, sampleSecrets, steadyChance, T0_MS } from './testing/samples.ts';
import { until } from './testing/until.ts';
import { createWebhookSender } from './webhook-channel.ts';

type Answer = (number: number, response: ServerResponse) => void;

const answering = (status: number, headers: Record<string, string> = {}): Answer => {
  return (_, response) => response.writeHead(status, headers).end();
};

async function receiver(answer: Answer): Promise<HookReceiver> {
  const hook = new HookReceiver(answer);
  await hook.listen();
  return hook;
}

function hookAt(url: string, headers: Record<string, string> = {}): WebhookChannel {
  return { name: 'hook', type: 'webhook', url, headers };
}

function sendOnce(
  channel: WebhookChannel,
  values: Record<string, string> = {},
): Promise<SendOutcome> {
  const send = createWebhookSender(systemClock, sampleSecrets(values));
  return send(sampleDelivery(), channel, AbortSignal.timeout(10_000));
}

/** A queue that sends to this address without waiting between tries (or as the clock given says). */
function queueTo(url: string, clock: Clock = systemClock) {
  const journal = new MemoryAlertJournal();
  const [logger, meter] = [new RecordingLogger(), new RecordingMeter()];
  const webhook = createWebhookSender(clock, sampleSecrets());
  const smtp = async (): Promise<SendOutcome> => assert.fail('There is no mail here');
  const send = { webhook, smtp };
  const queue = new DeliveryQueue({ clock, chance: steadyChance(0), logger, meter, journal, send });
  queue.configure([hookAt(url)]);
  const stored = async (id: string) => (await journal.deliveries('A1')).find((d) => d.id === id);
  return { queue, journal, logger, stored };
}

test('posts the message as JSON with its key and its event', async () => {
  await using hook = await receiver(answering(204));
  const outcome = await sendOnce(hookAt(hook.url('/services/T/B?x=1'), { 'X-Team': 'pay' }));
  assert.deepEqual(outcome, { type: 'delivered', outcome: '204 No Content' });
  const [request] = hook.requests;
  assert.equal(request?.method, 'POST');
  assert.equal(request?.path, '/services/T/B?x=1');
  assert.equal(request?.headers['content-type'], 'application/json');
  assert.equal(request?.headers['idempotency-key'], 'A1.fired.hook');
  assert.equal(request?.headers['x-holdfast-event'], 'fired');
  assert.equal(request?.headers['x-team'], 'pay');
  const message = JSON.parse(request?.body ?? '') as AlertMessage;
  assert.equal(message.event, 'fired');
  assert.match(message.text, /^checkout is down since/);
});

test('a receiver that fails three times gets the same delivery until it takes it', async () => {
  await using hook = await receiver((number, response) => {
    response.writeHead(number <= 3 ? 500 : 200).end();
  });
  const { queue, stored } = queueTo(hook.url());
  await queue.push(sampleDelivery());
  await queue.push(sampleDelivery({ event: 'recovered' }));
  await until(async () => (await stored('A1.recovered.hook'))?.state === 'delivered');
  assert.deepEqual(
    hook.requests.map(({ headers }) => headers['idempotency-key']),
    [...Array<string>(4).fill('A1.fired.hook'), 'A1.recovered.hook'],
  );
  assert.equal((await stored('A1.fired.hook'))?.attempts, 4);
  await queue.close();
});

test('a receiver that never answers is let go after ten seconds and asked again', async () => {
  await using hook = await receiver((number, response) => {
    if (number > 1) response.writeHead(200).end();
  });
  const clock = new SimulatedClock(T0_MS);
  const { queue, stored } = queueTo(hook.url(), clock);
  await queue.push(sampleDelivery());
  await hook.arrived(1);
  await clock.advanceAsync(9_999);
  assert.equal((await stored('A1.fired.hook'))?.attempts, 0);
  await clock.advanceAsync(1);
  await until(async () => (await stored('A1.fired.hook'))?.attempts === 1);
  assert.equal((await stored('A1.fired.hook'))?.outcome, 'no answer within 10s');
  await clock.advanceAsync(0);
  await until(async () => (await stored('A1.fired.hook'))?.state === 'delivered');
  await queue.close();
});

test('429 with Retry-After is asked again no sooner', async () => {
  await using hook = await receiver((number, response) => {
    response.writeHead(number === 1 ? 429 : 200, { 'Retry-After': '2' }).end();
  });
  const clock = new SimulatedClock(T0_MS);
  const { queue, stored } = queueTo(hook.url(), clock);
  await queue.push(sampleDelivery());
  await until(async () => (await stored('A1.fired.hook'))?.attempts === 1);
  await clock.advanceAsync(1_999);
  assert.equal(clock.pending, 1, 'the wait goes on');
  await clock.advanceAsync(1);
  await until(async () => (await stored('A1.fired.hook'))?.state === 'delivered');
  assert.equal(hook.requests.length, 2);
  await queue.close();
});

test('which answers are final and which are not', async () => {
  const cases: [number, SendOutcome['type']][] = [
    [200, 'delivered'],
    [202, 'delivered'],
    [302, 'refused'],
    [400, 'refused'],
    [401, 'refused'],
    [404, 'refused'],
    [408, 'failed'],
    [410, 'refused'],
    [429, 'failed'],
    [500, 'failed'],
    [503, 'failed'],
  ];
  for (const [status, type] of cases) {
    await using hook = await receiver(answering(status, { location: '/elsewhere' }));
    assert.equal((await sendOnce(hookAt(hook.url()))).type, type, `${status}`);
    assert.equal(hook.requests.length, 1, 'redirects are not followed');
  }
});

test('Retry-After as a date', async () => {
  const date = new Date(T0_MS + 30_000).toUTCString();
  await using hook = await receiver(answering(503, { 'Retry-After': date }));
  const send = createWebhookSender(new SimulatedClock(T0_MS), sampleSecrets());
  const outcome = await send(sampleDelivery(), hookAt(hook.url()), AbortSignal.timeout(10_000));
  assert.equal(outcome.type === 'failed' && outcome.retryAfterMs, 30_000);
});

test('an answer without end is not read', async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  await using hook = await receiver((_, response) => {
    response.writeHead(200);
    const more = () => response.write('x'.repeat(65_536));
    response.on('drain', more).on('close', resolve);
    more();
  });
  assert.equal((await sendOnce(hookAt(hook.url()))).type, 'delivered');
  await closed;
});

test('secrets are filled in for the receiver and told to nobody else', async () => {
  const secrets = { TOKEN: 'tok-4711', PATH_KEY: 'key-0815' };
  await using hook = await receiver((_, response) => {
    response.writeHead(500, 'No tok-4711 for key-0815').end();
  });
  const url = hook.url(`/\${env:PATH_KEY}`, 'bot:p%40ss@');
  const filled = await sendOnce(hookAt(url, { 'X-Token': `Bearer \${env:TOKEN}` }), secrets);
  assert.deepEqual(filled, { type: 'failed', outcome: '500 No <secret> for <secret>' });
  const [request] = hook.requests;
  assert.equal(request?.path, '/key-0815');
  assert.equal(request?.headers['x-token'], 'Bearer tok-4711');
  assert.equal(request?.headers.authorization, `Basic ${btoa('bot:p@ss')}`);

  const missing = await sendOnce(hookAt(url, { 'X-Token': `\${env:OTHER}` }), secrets);
  assert.deepEqual(missing, { type: 'failed', outcome: 'OTHER is not set' });
  assert.equal(hook.requests.length, 1);
});

test('what makes no request is refused without quoting it', async () => {
  const invalid = { type: 'refused', outcome: 'the url or a header is not valid' };
  assert.deepEqual(await sendOnce(hookAt('http://[hunter2')), invalid);
  assert.deepEqual(await sendOnce(hookAt('file:///etc/hunter2')), invalid);
  assert.deepEqual(
    await sendOnce(hookAt('http://127.0.0.1', { 'X-A': 'hunter2\nX-B: c' })),
    invalid,
  );
  assert.deepEqual(await sendOnce(hookAt('http://127.0.0.1', { 'X A': 'hunter2' })), invalid);
});

test('a broken connection is a failure with its code', async () => {
  await using hook = await receiver((_, response) => response.destroy());
  const outcome = await sendOnce(hookAt(hook.url()));
  assert.deepEqual(outcome, { type: 'failed', outcome: 'connection failed (UND_ERR_SOCKET)' });
});

test('neither the log nor the journal holds the address', async () => {
  await using hook = await receiver((number, response) => {
    if (number === 1) response.destroy();
    else response.writeHead(403).end();
  });
  const { queue, logger, journal, stored } = queueTo(hook.url('/hunter2', 'bot:hunter2@'));
  await queue.push(sampleDelivery());
  await until(async () => (await stored('A1.fired.hook'))?.state === 'failed');
  await queue.close();
  const told = [...logger.lines, JSON.stringify(await journal.deliveries('A1'))].join('\n');
  assert.match(told, /403 Forbidden/);
  assert.doesNotMatch(told, /hunter2|Ym90Omh1bnRlcjI/);
});
