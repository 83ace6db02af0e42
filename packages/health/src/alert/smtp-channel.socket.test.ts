import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import type { AlertDelivery } from '@holdfast/resources/alert-record';
import type { SmtpChannel } from '@holdfast/resources/compiled-alert';
import type { SMTPServerOptions } from 'smtp-server';
import type { SendOutcome } from './sender.ts';
import { createSmtpSender } from './smtp-channel.ts';
import { MailReceiver } from './testing/mail-receiver.ts';
import { sampleDelivery, sampleSecrets } from './testing/samples.ts';

async function receiver(options: SMTPServerOptions = {}): Promise<MailReceiver> {
  const mail = new MailReceiver(options);
  await mail.listen();
  return mail;
}

function mailTo(server: string, to = ['on-call@example.org']): SmtpChannel {
  return { name: 'mail', type: 'smtp', server, from: 'Holdfast <holdfast@example.org>', to };
}

function send(
  channel: SmtpChannel,
  delivery: AlertDelivery = sampleDelivery({ channel: 'mail' }),
  values: Record<string, string> = {},
  signal = AbortSignal.timeout(10_000),
): Promise<SendOutcome> {
  return createSmtpSender(sampleSecrets(values))(delivery, channel, signal);
}

const replying = (responseCode: number, message: string) =>
  Object.assign(new Error(message), { responseCode });

const login: Pick<SMTPServerOptions, 'onAuth' | 'authOptional'> = {
  authOptional: false,
  onAuth: ({ username, password }, _, done) => {
    if (username === 'bot' && password === 'p@ss/word') done(null, { user: username });
    else done(new Error(`Not known: ${username} ${password}`));
  },
};

test('a firing reads well at night', async () => {
  await using server = await receiver();
  const outcome = await send(mailTo(server.url(), ['on-call@example.org', 'boss@example.org']));
  assert.equal(outcome.type, 'delivered');
  assert.match(outcome.outcome, /^250 /);
  const [mail] = server.mails;
  assert.equal(mail?.from, 'holdfast@example.org');
  assert.deepEqual(mail?.to, ['on-call@example.org', 'boss@example.org']);
  assert.equal(mail?.headers.get('subject'), '[down] checkout: connection refused');
  assert.equal(mail?.headers.get('message-id'), '<A1.fired.mail@holdfast>');
  assert.equal(mail?.headers.get('x-holdfast-event'), 'fired');
  assert.equal(mail?.headers.get('auto-submitted'), 'auto-generated');
  assert.match(mail?.headers.get('content-type') ?? '', /^text\/plain; charset=utf-8/);
  assert.equal(
    mail?.body.trimEnd(),
    [
      'checkout is down since 2026-01-01 00:00:00 UTC (3 bad runs in a row): connection refused',
      '',
      'What    checkout, https://checkout.example/health',
      'Since   2026-01-01 00:00:00 UTC',
      'Why     connection refused (CONNECT_REFUSED)',
      'Try     Nothing listens on that port: check that the service runs and its address and port.',
      'Labels  team=pay',
      'Rule    pages',
      'Look    http://127.0.0.1:7070/checks/default/checkout',
    ].join('\n'),
  );
});

test('its recovery stands in the same thread', async () => {
  await using server = await receiver();
  const delivery = sampleDelivery({ event: 'recovered', channel: 'mail' });
  assert.equal((await send(mailTo(server.url()), delivery)).type, 'delivered');
  const [mail] = server.mails;
  assert.equal(mail?.headers.get('subject'), '[recovered] checkout after 4m 10s');
  assert.equal(mail?.headers.get('message-id'), '<A1.recovered.mail@holdfast>');
  assert.equal(mail?.headers.get('in-reply-to'), '<A1.fired.mail@holdfast>');
  assert.equal(mail?.headers.get('references'), '<A1.fired.mail@holdfast>');
  assert.match(
    mail?.body ?? '',
    /^checkout is up again after 4m 10s\.\n(.*\n)+Until {3}2026-01-01 00:04:10 UTC\n/,
  );
  assert.doesNotMatch(mail?.body ?? '', /\nTry /);
});

test('what a target sent cannot add headers or recipients', async () => {
  await using server = await receiver();
  const delivery = sampleDelivery({ channel: 'mail' });
  const message = JSON.parse(delivery.payload);
  message.fault.message = 'said\r\nBcc: thief@example.org\r\n\r\nhello';
  await send(mailTo(server.url()), { ...delivery, payload: JSON.stringify(message) });
  const [mail] = server.mails;
  assert.deepEqual(mail?.to, ['on-call@example.org']);
  assert.equal(mail?.headers.get('bcc'), undefined);
  assert.equal(mail?.headers.get('subject'), '[down] checkout: said Bcc: thief@example.org hello');
});

test('logs in over STARTTLS and over TLS at once, with any password', async () => {
  for (const secure of [false, true]) {
    await using server = await receiver({ ...login, secure });
    const url = server.url(`bot:\${env:PASSWORD}@`, secure ? 'smtps' : 'smtp');
    const outcome = await send(mailTo(url), undefined, { PASSWORD: 'p@ss/word' });
    assert.equal(outcome.type, 'delivered', outcome.outcome);
    assert.equal(server.mails[0]?.user, 'bot');
    assert.equal(server.mails[0]?.secure, true);
  }
});

test('a refused login is final and tells neither name nor password', async () => {
  await using server = await receiver(login);
  const outcome = await send(mailTo(server.url('bot:hunter2@')));
  assert.deepEqual(outcome, { type: 'refused', outcome: 'EAUTH: login failed (535)' });
});

test('5xx is final, 4xx and 503 are not', async () => {
  const cases: [number, SendOutcome['type']][] = [
    [550, 'refused'],
    [451, 'failed'],
    [503, 'failed'],
  ];
  for (const [code, type] of cases) {
    await using server = await receiver({
      onRcptTo: (_, __, done) => done(replying(code, 'not now')),
    });
    const outcome = await send(mailTo(server.url()));
    assert.equal(outcome.type, type, `${code} ${outcome.outcome}`);
    assert.match(outcome.outcome, /not now/);
  }
});

test('some recipients refused: delivered, and said', async () => {
  await using server = await receiver({
    onRcptTo: ({ address }, _, done) =>
      address.startsWith('gone') ? done(replying(550, 'no such box')) : done(),
  });
  const outcome = await send(mailTo(server.url(), ['gone@example.org', 'on-call@example.org']));
  assert.equal(outcome.type, 'delivered');
  assert.match(outcome.outcome, /\(1 of 2 recipients refused\)$/);
});

test('a server that says nothing is left at the signal', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const controller = new AbortController();
  const connected = once(server, 'connection');
  const outcome = send(mailTo(`smtp://127.0.0.1:${port}`), undefined, {}, controller.signal);
  const [socket] = await connected;
  const hungUp = once(socket, 'close');
  socket.resume();
  controller.abort();
  assert.deepEqual(await outcome, { type: 'failed', outcome: 'EABORT: Message sending aborted' });
  await hungUp;
  server.close();
});

test('a server that hangs up is a failure', async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const outcome = await send(mailTo(`smtp://bot:hunter2@127.0.0.1:${port}`));
  assert.equal(outcome.type, 'failed');
  assert.doesNotMatch(outcome.outcome, /hunter2/);
  server.close();
});

test('a server that cannot be read is told without quoting it', async () => {
  const invalid = await send(mailTo('http://bot:hunter2@mail'));
  assert.deepEqual(invalid, {
    type: 'refused',
    outcome: 'the server is not a valid smtp:// or smtps:// url',
  });
  const missing = await send(mailTo(`smtp://bot:\${env:PASSWORD}@mail`));
  assert.deepEqual(missing, { type: 'failed', outcome: 'PASSWORD is not set' });
});
