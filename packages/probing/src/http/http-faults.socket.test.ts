// Every fault that a plain HTTP target can cause, provoked on real sockets: class, code and phase.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HttpWish, httpCheck, probeOnce } from '../testing/checks.ts';
import { deafPort } from '../testing/deaf-port.ts';
import { answering, answerText, type Behaviour, rawServer } from '../testing/raw-server.ts';

interface Case {
  name: string;
  behave: Behaviour;
  wish?: Partial<HttpWish>;
  fault: { class: string; code: string; phase?: string };
  status?: string;
  message?: RegExp;
}

const silent: Behaviour = () => {};
const raw = (bytes: string): Behaviour => answering(() => bytes);
const ok = (body: string, headers: string[] = []): Behaviour =>
  answering(() => answerText('200 OK', headers, body));
const invalid = { class: 'protocol', code: 'PROTOCOL_INVALID_ANSWER', phase: 'transfer' };
const closedEarly = { class: 'protocol', code: 'PROTOCOL_CLOSED_EARLY', phase: 'transfer' };
const limit = { class: 'protocol', code: 'PROTOCOL_LIMIT_EXCEEDED', phase: 'transfer' };
const late = { class: 'timeout', code: 'TIMEOUT' };

const CASES: Case[] = [
  {
    name: 'a server that says nothing',
    behave: silent,
    wish: { timeoutMs: 400 },
    fault: { ...late, phase: 'wait' },
    status: 'timeout',
    message: /400 ms.*wait phase/,
  },
  {
    name: 'an answer that drips',
    behave: drip,
    wish: { timeoutMs: 400 },
    fault: { ...late, phase: 'transfer' },
    status: 'timeout',
  },
  {
    name: 'a close without an answer',
    behave: (socket) => socket.once('data', () => socket.end()),
    fault: { ...closedEarly, phase: 'wait' },
    message: /without an answer/,
  },
  {
    name: 'a reset in the wait',
    behave: (socket) => socket.once('data', () => socket.resetAndDestroy()),
    fault: { class: 'connect', code: 'CONNECT_RESET', phase: 'wait' },
  },
  {
    name: 'a reset in the answer',
    behave: resetWithin,
    fault: { class: 'connect', code: 'CONNECT_RESET', phase: 'transfer' },
  },
  {
    name: 'a close within the headers',
    behave: raw('HTTP/1.1 200 OK\r\nA: b\r\n'),
    fault: closedEarly,
    message: /within the headers/,
  },
  {
    name: 'a close within the body',
    behave: raw('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'),
    fault: closedEarly,
    message: /within the body/,
  },
  {
    name: 'a close within a chunk',
    behave: raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf'),
    fault: closedEarly,
  },
  {
    name: 'another protocol',
    behave: (socket) => socket.write('SSH-2.0-Example'),
    fault: { ...invalid },
    message: /status line/,
  },
  {
    name: 'both framings',
    behave: raw('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'),
    fault: invalid,
  },
  {
    name: 'two lengths',
    behave: raw('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'),
    fault: invalid,
  },
  { name: 'a folded header', behave: raw('HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n'), fault: invalid },
  {
    name: 'a switch of protocols',
    behave: raw('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
    fault: invalid,
  },
  {
    name: 'too many headers',
    behave: raw(`HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(201)}\r\n`),
    fault: limit,
  },
  {
    name: 'too large a head',
    behave: raw(`HTTP/1.1 200 OK\r\nA: ${'b'.repeat(70_000)}\r\n\r\n`),
    fault: limit,
  },
  {
    name: 'too large a body',
    behave: ok('x'.repeat(1001)),
    wish: { bodyBytesMax: 1000 },
    fault: limit,
    message: /1000 bytes/,
  },
  {
    name: 'too large a body that someone looks at',
    behave: ok('x'.repeat(1001)),
    wish: { bodyBytesMax: 1000, expect: { body: { contains: 'x' } } },
    fault: limit,
  },
  { name: 'an unknown coding', behave: ok('x', ['Content-Encoding: zstd-ish']), fault: invalid },
  {
    name: 'a refusal',
    behave: answering(() => answerText('404 Not Found')),
    fault: { class: 'refusal', code: 'REFUSED_BY_SERVER' },
    message: /404.*200–299/,
  },
  {
    name: 'a failure',
    behave: answering(() => answerText('503 Service Unavailable')),
    fault: { class: 'server', code: 'SERVER_FAILED' },
  },
  {
    name: 'another status',
    behave: answering(() => answerText('304 Not Modified')),
    fault: { class: 'assertion', code: 'ASSERTION_STATUS' },
  },
  {
    name: 'a missing header',
    behave: ok(''),
    wish: { expect: { headers: { 'x-a': '.' } } },
    fault: { class: 'assertion', code: 'ASSERTION_HEADER' },
  },
  {
    name: 'another body',
    behave: ok('abc'),
    wish: { expect: { body: { matches: '^b' } } },
    fault: { class: 'assertion', code: 'ASSERTION_BODY' },
  },
  {
    name: 'other JSON',
    behave: ok('{"a":1}'),
    wish: { expect: { json: { a: 2 } } },
    fault: { class: 'assertion', code: 'ASSERTION_JSON' },
    message: /\$\.a is 1, wanted 2/,
  },
  {
    name: 'a rule that is false',
    behave: ok(''),
    wish: { expect: { that: ['status == 201'] } },
    fault: { class: 'assertion', code: 'ASSERTION_RULE' },
  },
  {
    name: 'no certificate',
    behave: ok(''),
    wish: { expect: { certificateDays: 1 } },
    fault: { class: 'assertion', code: 'ASSERTION_CERTIFICATE' },
  },
  {
    name: 'a bad pattern',
    behave: ok(''),
    wish: { expect: { headers: { a: '(' } } },
    fault: { class: 'prober', code: 'PROBER_INVALID_CHECK' },
    status: 'invalid',
  },
  {
    name: 'a bad rule',
    behave: ok(''),
    wish: { expect: { that: ['status =='] } },
    fault: { class: 'prober', code: 'PROBER_INVALID_CHECK' },
    status: 'invalid',
  },
  {
    name: 'a bad header',
    behave: ok(''),
    wish: { headers: { 'a b': 'c' } },
    fault: { class: 'prober', code: 'PROBER_INVALID_CHECK' },
    status: 'invalid',
  },
  {
    name: 'a bad URL',
    behave: ok(''),
    wish: { url: 'http://' },
    fault: { class: 'prober', code: 'PROBER_INVALID_CHECK' },
    status: 'invalid',
  },
  {
    name: 'a missing secret',
    behave: ok(''),
    wish: { headers: { a: '${env:NOT_THERE}' } },
    fault: { class: 'prober', code: 'PROBER_SECRET_MISSING' },
    status: 'invalid',
    message: /NOT_THERE/,
  },
];

for (const { name, behave, wish, fault, status = 'down', message } of CASES) {
  test(`${name} is ${fault.code}`, async () => {
    const server = await rawServer(behave);
    const result = await probeOnce(httpCheck({ url: server.url(), ...wish }));
    await server.close();
    assert.equal(result.status, status, JSON.stringify(result));
    const { class: faultClass, code, phase } = result.fault ?? {};
    assert.deepEqual({ class: faultClass, code, ...(phase ? { phase } : {}) }, fault);
    if (message) assert.match(result.fault?.message ?? '', message);
    const sumMs = result.phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
    assert.ok(sumMs <= result.totalMs, `phases take ${sumMs} of ${result.totalMs}`);
    if (fault.phase !== undefined) assert.equal(result.phases.at(-1)?.name, fault.phase);
  });
}

test('a closed port is CONNECT_REFUSED', async () => {
  const server = await rawServer(silent);
  await server.close();
  const { status, fault, phases } = await probeOnce(httpCheck({ url: server.url() }));
  assert.deepEqual([status, fault?.code, fault?.phase], ['down', 'CONNECT_REFUSED', 'connect']);
  assert.deepEqual(
    phases.map(({ name }) => name),
    ['connect'],
  );
});

test('a host that never answers is a TIMEOUT in the connect phase', async () => {
  const deaf = await deafPort();
  const { status, fault, phases, totalMs } = await probeOnce(
    httpCheck({ url: `http://127.0.0.1:${deaf.port}/`, timeoutMs: 400 }),
  );
  await deaf.close();
  assert.deepEqual([status, fault?.code, fault?.phase], ['timeout', 'TIMEOUT', 'connect']);
  assert.ok((phases[0]?.durationMs ?? 0) > 200 && totalMs > 350);
});

test('a request that the server does not take is a TIMEOUT in the write phase', async () => {
  const server = await rawServer((socket) => socket.pause());
  const check = httpCheck({
    url: server.url(),
    method: 'POST',
    body: 'x'.repeat(30_000_000),
    timeoutMs: 800,
  });
  const { fault } = await probeOnce(check);
  await server.close();
  assert.deepEqual([fault?.code, fault?.phase], ['TIMEOUT', 'write']);
});

function drip(socket: Parameters<Behaviour>[0]): void {
  socket.once('data', () => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n');
    const timer = setInterval(() => socket.write('.'), 10);
    socket.on('close', () => clearInterval(timer));
  });
}

function resetWithin(socket: Parameters<Behaviour>[0]): void {
  socket.once('data', () => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc', () => {
      // Data before a reset may be thrown away by the receiver's kernel: reset once it was read.
      setTimeout(() => socket.resetAndDestroy(), 30);
    });
  });
}
