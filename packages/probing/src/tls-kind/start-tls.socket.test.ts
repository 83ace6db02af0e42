// STARTTLS over real sockets: each protocol's talk and then a real handshake, and everything that can
// go wrong before it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StartTlsProtocol } from '@holdfast/resources/compiled-check';
import { testCertificates } from '../testing/certificates.ts';
import { type Behaviour, rawServer } from '../testing/raw-server.ts';
import { type PlainTalk, startTlsServer } from './testing/start-tls-server.ts';
import { probeTls } from './testing/tls-checks.ts';

const { ca, good } = await testCertificates();
const tls = { verify: true, ca };

const TALKS: Record<StartTlsProtocol, PlainTalk> = {
  smtp: {
    greeting: '220-mail.test\r\n220 ready\r\n',
    answer: (said) =>
      said.startsWith('EHLO')
        ? '250-mail.test\r\n250-STARTTLS\r\n250 HELP\r\n'
        : { tls: '220 go\r\n' },
  },
  imap: {
    greeting: '* OK ready\r\n',
    answer: () => ({ tls: '* CAPABILITY IMAP4rev1\r\na1 OK begin\r\n' }),
  },
  pop3: { greeting: '+OK ready\r\n', answer: () => ({ tls: '+OK begin\r\n' }) },
  ftp: { greeting: '220-hello\r\n you\r\n220 ready\r\n', answer: () => ({ tls: '234 go\r\n' }) },
  postgres: { answer: () => ({ tls: 'S' }) },
};
const SAID: Record<StartTlsProtocol, string[]> = {
  smtp: ['EHLO [127.0.0.1]\r\n', 'STARTTLS\r\n'],
  imap: ['a1 STARTTLS\r\n'],
  pop3: ['STLS\r\n'],
  ftp: ['AUTH TLS\r\n'],
  postgres: ['\x00\x00\x00\x08\x04\xd2\x16\x2f'],
};

for (const [name, talk] of Object.entries(TALKS)) {
  const startTls = name as StartTlsProtocol;
  test(`${name}: a talk in plain, then a verified handshake`, async () => {
    const server = await startTlsServer(talk, good);
    const { status, fault, detail, phases } = await probeTls({ port: server.port, startTls, tls });
    await server.close();
    assert.equal(status, 'up', fault?.message ?? '');
    assert.deepEqual([detail.start_tls, detail.verified], [startTls, true]);
    assert.deepEqual(server.said, SAID[startTls]);
    const names = phases.map((phase) => phase.name);
    assert.deepEqual([names[0], names.at(-2), names.at(-1)], ['connect', 'wait', 'tls']);
    assert.equal(names.filter((one) => one === 'write').length, SAID[startTls].length);
  });
}

async function probe(behave: Behaviour, startTls: StartTlsProtocol, timeoutMs?: number) {
  const server = await rawServer(behave);
  const run = timeoutMs === undefined ? {} : { timeoutMs };
  const result = await probeTls({ port: server.port, startTls, tls }, run);
  await server.close();
  return result;
}

const WRONG: [string, StartTlsProtocol, Behaviour, code: string, message: RegExp][] = [
  [
    'a refusal',
    'smtp',
    (s) => s.write('554 no\r\n'),
    'REFUSED_BY_SERVER',
    /greeted with: "554 no"/,
  ],
  ['a refused wish', 'postgres', (s) => s.write('N'), 'REFUSED_BY_SERVER', /without TLS/],
  [
    'another protocol',
    'imap',
    (s) => s.write('SSH-2.0-x\r\n'),
    'PROTOCOL_INVALID_ANSWER',
    /"SSH-2.0-x"/,
  ],
  [
    'an endless line',
    'ftp',
    (s) => s.write('2'.repeat(5000)),
    'PROTOCOL_LIMIT_EXCEEDED',
    /longer than 2048/,
  ],
  [
    'endless lines',
    'smtp',
    (s) => s.write('220-more\r\n'.repeat(5000)),
    'PROTOCOL_LIMIT_EXCEEDED',
    /more than 16384/,
  ],
  ['a close', 'pop3', (s) => s.end(), 'PROTOCOL_CLOSED_EARLY', /before TLS could begin/],
  [
    'a reset',
    'postgres',
    (s) => s.once('data', () => s.resetAndDestroy()),
    'CONNECT_RESET',
    /wait phase/,
  ],
  [
    'plain text after the go',
    'postgres',
    (s) => s.write('Sx'),
    'PROTOCOL_INVALID_ANSWER',
    /went on in plain/,
  ],
];
for (const [name, startTls, behave, code, message] of WRONG) {
  test(`${name} in ${startTls}: ${code}`, async () => {
    const { status, fault, phases, detail } = await probe(behave, startTls);
    assert.deepEqual([status, fault?.code, fault?.phase], ['down', code, 'wait']);
    assert.match(fault?.message ?? '', message);
    assert.equal(phases.at(-1)?.name, 'wait');
    assert.deepEqual(detail, { start_tls: startTls });
  });
}

test('silence is a TIMEOUT in the wait phase', async () => {
  const { status, fault } = await probe(() => {}, 'smtp', 200);
  assert.deepEqual([status, fault?.code, fault?.phase], ['timeout', 'TIMEOUT', 'wait']);
});

test('a byte at a time is heard as well', async () => {
  const drip: Behaviour = (socket) => {
    socket.setNoDelay(true);
    let left = [...'+OK ready\r\n-ERR no\r\n'];
    const next = () => {
      const [byte, ...rest] = left;
      left = rest;
      if (byte !== undefined) socket.write(byte, () => setImmediate(next));
    };
    next();
  };
  const { fault } = await probe(drip, 'pop3');
  assert.deepEqual([fault?.code], ['REFUSED_BY_SERVER']);
  assert.match(fault?.message ?? '', /answered STLS with: "-ERR no"/);
});
