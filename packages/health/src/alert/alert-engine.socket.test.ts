import assert from 'node:assert/strict';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AlertJournal } from '@holdfast/engines/alert-journal';
import { openSqliteStore, type SqliteStore } from '@holdfast/engines/sqlite';
import { type Clock, silentLogger, silentMeter, systemClock } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import {
  type AlertEngine,
  type AlertMessage,
  createAlertEngine,
  createSmtpSender,
  createWebhookSender,
} from './alert-engine.ts';
import { HookReceiver } from './testing/hook-receiver.ts';
import { MailReceiver } from './testing/mail-receiver.ts';
import { MemoryAlertJournal } from './testing/memory-alert-journal.ts';
import { RecordingLogger } from './testing/recorders.ts';
import {
  sampleCheck,
  sampleRule,
  sampleRun,
  sampleSecrets,
  steadyChance,
  T0_MS,
} from './testing/samples.ts';
import { until } from './testing/until.ts';

interface Receivers {
  hook: string;
  mail: string;
}

/** An engine on real channels and real time, its wall clock at T0; retries do not wait. */
async function startEngine(
  journal: AlertJournal,
  at: Receivers,
  latest: ProbeResult[],
  logger = new RecordingLogger(),
): Promise<AlertEngine> {
  const clock: Clock = { ...systemClock, wallMs: () => T0_MS + 250_000 };
  const secrets = sampleSecrets({ PASSWORD: 'hunter2' });
  const engine = createAlertEngine({
    clock,
    chance: steadyChance(0),
    logger,
    meter: silentMeter,
    journal,
    send: { webhook: createWebhookSender(clock, secrets), smtp: createSmtpSender(secrets) },
    onAlert: () => {},
  });
  const rule = sampleRule({ channels: ['hook', 'mail'] });
  const from = 'holdfast@example.org';
  await engine.configure(
    [rule],
    [
      { name: 'hook', type: 'webhook', url: at.hook, headers: { 'X-Key': `\${env:PASSWORD}` } },
      { name: 'mail', type: 'smtp', server: at.mail, from, to: ['on-call@example.org'] },
    ],
    [sampleCheck()],
  );
  await engine.hydrate(latest);
  return engine;
}

test('an outage over a restart is told once on each channel, and its end in the same thread', async () => {
  await using hook = new HookReceiver((_, response) => response.end());
  await using mail = new MailReceiver();
  await Promise.all([hook.listen(), mail.listen()]);
  const at = { hook: hook.url(), mail: mail.url() };
  await using directory = await mkdtempDisposable(join(tmpdir(), 'holdfast-alert-'));
  const path = join(directory.path, 'store.db');
  const down = [sampleRun(0, 'down'), sampleRun(10, 'down')];

  const live = async (latest: ProbeResult[], runs: ProbeResult[]): Promise<void> => {
    const store: SqliteStore = await openSqliteStore({
      path,
      clock: systemClock,
      logger: silentLogger,
    });
    const engine = await startEngine(store.alertJournal, at, latest);
    for (const run of runs) await engine.observe(run);
    await until(async () => (await store.alertJournal.pending()).length === 0);
    await engine.close();
    await store.close();
  };
  await live([], [...down, sampleRun(20, 'down')]);
  await live(down, [sampleRun(30, 'down'), sampleRun(40, 'up')]);

  const messages = hook.requests.map(({ body }) => JSON.parse(body) as AlertMessage);
  assert.deepEqual(
    messages.map(({ event }) => event),
    ['fired', 'recovered'],
  );
  assert.equal(messages[0]?.alert_id, messages[1]?.alert_id);
  const header = (name: string) => mail.mails.map(({ headers }) => headers.get(name));
  assert.deepEqual(header('subject'), [
    '[down] checkout: connection refused by 127.0.0.1:443',
    '[recovered] checkout after 4m 10s',
  ]);
  assert.equal(header('in-reply-to')[1], header('message-id')[0]);
});

test('a dead mail server holds up no hook, and no secret is told', async () => {
  await using hook = new HookReceiver((_, response) => response.end());
  await using mail = new MailReceiver({
    onConnect: (_, done) => done(new Error('Closed for the night')),
  });
  await Promise.all([hook.listen(), mail.listen()]);
  const journal = new MemoryAlertJournal();
  const logger = new RecordingLogger();
  const at = { hook: hook.url('/T/hunter2'), mail: mail.url(`bot:\${env:PASSWORD}@`) };
  const engine = await startEngine(journal, at, [], logger);
  for (const run of [sampleRun(0, 'down'), sampleRun(10, 'down')]) await engine.observe(run);
  await hook.arrived(1);
  await until(async () => (await journal.pending()).length === 0);
  await engine.close();

  const [alert] = await journal.open();
  const deliveries = await journal.deliveries(alert?.id ?? '');
  assert.deepEqual(
    deliveries.map(({ channel, state }) => `${channel} ${state}`),
    ['hook delivered', 'mail failed'],
  );
  assert.equal(hook.requests[0]?.headers['x-key'], 'hunter2');
  const told = [...logger.lines, JSON.stringify([alert, deliveries])].join('\n');
  assert.match(told, /Closed for the night/);
  assert.doesNotMatch(told, /hunter2|aHVudGVyMg|Ym90Omh1bnRlcjI/);
});
