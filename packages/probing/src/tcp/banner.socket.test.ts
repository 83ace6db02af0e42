// What peers say first, and TLS from the start or after a talk, over real sockets.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCertificates } from '../testing/certificates.ts';
import { probeOnce } from '../testing/checks.ts';
import { until } from '../testing/condition.ts';
import { type Behaviour, rawServer } from '../testing/raw-server.ts';
import { startTlsServer } from '../tls-kind/testing/start-tls-server.ts';
import { checkOf, lines, names, probe, type TcpWish as Wish } from './testing/tcp-checks.ts';

const { ca, good } = await testCertificates();
const tls = { verify: true, ca };

test('a banner is read, recognized and heard again by the dialogue', async () => {
  const greeting = '220-mail.test ESMTP Postfix\x1b[0m\r\n220 ready\r\n';
  const { status, fault, detail } = await probe((socket) => socket.write(greeting), {
    bannerMs: 5_000,
    dialogue: [{ expect: '^220-' }, { expect: '^220 ready' }],
    expect: {
      that: ['detail.recognized.protocol == "smtp"', 'detail.steps.size() == 2'],
      banner: 'Postfix.*\\s220 ready',
    },
  });
  assert.equal(status, 'up', fault?.message ?? '');
  assert.deepEqual(detail.recognized, { protocol: 'smtp', product: 'Postfix' });
  assert.equal(detail.banner, '220-mail.test ESMTP Postfix\\x1b[0m\n220 ready');
});

test('a banner that is another one', async () => {
  const wish = { bannerMs: 5_000, expect: { that: [], banner: 'OpenSSH' } };
  const { status, fault } = await probe((socket) => socket.write('SSH-2.0-dropbear_1\r\n'), wish);
  assert.deepEqual([status, fault?.code], ['down', 'ASSERTION_BANNER']);
  assert.match(fault?.message ?? '', /said "SSH-2.0-dropbear_1" first, wanted "OpenSSH"/);
});

test('a banner is over with its line, unless that announces another', async () => {
  const totals: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    const { totalMs } = await probe((socket) => socket.write('hello\n'), { bannerMs: 9_000 });
    totals.push(totalMs);
  }
  assert.ok(Math.min(...totals) < 100, `as after a lull: ${totals}`);
  const { detail } = await probe(
    (socket) => {
      socket.setNoDelay(true);
      socket.write('220-one\r\n', () => setTimeout(() => socket.write('220 two\r\n'), 15));
    },
    { bannerMs: 9_000 },
  );
  assert.equal(detail.banner, '220-one\n220 two');
});

const SILENT: [string, Behaviour][] = [
  ['is silent', () => {}],
  ['closes', (socket) => socket.end()],
];
for (const [name, behave] of SILENT) {
  test(`no banner from a peer that ${name} is no fault unless one is expected`, async () => {
    const quiet = await probe(behave, { bannerMs: 50 });
    assert.deepEqual([quiet.status, quiet.detail.banner], ['up', undefined]);
    const expected = await probe(behave, { bannerMs: 50, expect: { that: [], banner: '.' } });
    assert.match(expected.fault?.message ?? '', /The peer said nothing, wanted/);
  });
}

test('a greeting that does not end is over at a lull or after its time', async () => {
  const { status, detail, totalMs } = await probe(
    (socket) => socket.write('\xff\xfd\x18', 'latin1'),
    {
      bannerMs: 9_000,
    },
  );
  assert.deepEqual([status, detail.recognized], ['up', { protocol: 'telnet' }]);
  assert.ok(totalMs < 5_000);
});

test('TLS from the first byte on, with a peer that speaks first', async () => {
  const behave: Behaviour = (socket) => socket.write('* OK Dovecot ready.\r\n');
  const wish: Wish = {
    secure: true,
    tls,
    bannerMs: 5_000,
    dialogue: [{ expect: 'ready' }],
    expect: { that: ['certificate_days > 1.0'], certificateDays: 1 },
  };
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const result = await probe(behave, wish, {}, { tls: { ...good, maxVersion } });
    assert.equal(result.status, 'up', result.fault?.message ?? '');
    assert.deepEqual(
      [result.detail.recognized, result.context.tls?.version],
      [{ protocol: 'imap', product: 'Dovecot' }, maxVersion],
    );
    assert.match(names(result.phases), /^connect tls/);
  }
  const soon = { ...wish, expect: { that: [], certificateDays: 9_999 } };
  const short = await probe(behave, soon, {}, { tls: good });
  assert.equal(short.fault?.code, 'ASSERTION_CERTIFICATE');
  const untrusted = await probe(behave, { secure: true }, {}, { tls: good });
  assert.deepEqual(
    [untrusted.fault?.code, untrusted.context.tls?.verified],
    ['TLS_CERTIFICATE_UNTRUSTED', false],
  );
});

test('SMTP: the banner, STARTTLS by its own talk, then a dialogue in TLS', async () => {
  const server = await startTlsServer(
    {
      greeting: '220 mail.test ESMTP Exim 4.96\r\n',
      answer: (said) =>
        said.startsWith('EHLO') ? '250-mail.test\r\n250 STARTTLS\r\n' : { tls: '220 go\r\n' },
      secured: (socket) => lines((line) => `250 ${line}\r\n`)(socket, server),
    },
    good,
  );
  const wish: Wish = {
    startTls: 'smtp',
    tls,
    bannerMs: 5_000,
    dialogue: [{ send: 'EHLO me\r\n' }, { expect: '^250 EHLO me$' }, { send: 'QUIT\r\n' }],
  };
  const { status, fault, detail, context } = await probeOnce(checkOf(server.port, wish));
  await server.close();
  assert.equal(status, 'up', fault?.message ?? '');
  assert.deepEqual(detail.recognized, { protocol: 'smtp', product: 'Exim', version: '4.96' });
  assert.equal(context.tls?.verified, true);
});

test('a server sees each handshake come to its end, though nothing is said in it', async () => {
  let secured = 0;
  const server = await rawServer(
    () => {
      secured += 1;
    },
    { tls: good },
  );
  for (let run = 0; run < 10; run += 1) {
    const { status } = await probeOnce(checkOf(server.port, { secure: true, tls }));
    assert.equal(status, 'up');
  }
  await until(() => secured === 10);
  await server.close();
});
