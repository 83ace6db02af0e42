// What hostile servers, names and certificates send through a whole run: a clear result in bounded time,
// with the loop free in between. Smaller pieces of the same are tried beside the parts that take them.

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { systemClock } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import { TickingLoopLag } from './agent/loop-lag.ts';
import type { Lookup } from './dial/resolve.ts';
import { httpCheck, probeOnce } from './testing/checks.ts';
import { answering, answerText, type Behaviour } from './testing/raw-server.ts';
import { Stage, type StageWish } from './testing/stage.ts';
import { issue, longChain } from './tls-kind/testing/authority.ts';

/** Of anything in here: far below the deadline of 10 s, far above what a loaded machine needs. */
const MS_MAX = 5_000;
/** The longest that one answer may hold up all other probes. */
const LAG_MS_MAX = 1_500;
const CHUNK = 'x'.repeat(16 * 1024);
const METADATA = '169.254.169.254';

const stage = new Stage();
after(() => stage.end());

async function bounded(run: () => Promise<ProbeResult>): Promise<ProbeResult> {
  const lag = new TickingLoopLag(systemClock);
  const startedMs = systemClock.nowMs();
  try {
    const result = await run();
    assert.ok(
      systemClock.nowMs() - startedMs < MS_MAX,
      `took ${systemClock.nowMs() - startedMs} ms`,
    );
    const blockedMs = lag.worstMs(startedMs);
    assert.ok(blockedMs < LAG_MS_MAX, `blocked for ${blockedMs} ms`);
    return result;
  } finally {
    lag.close();
  }
}

/** After the request it writes without end, as fast as it is read; in large pieces, to leave the loop free. */
function endless(beginning: string, piece: string): Behaviour {
  const pieces = piece.repeat(Math.ceil(CHUNK.length / piece.length));
  return (socket) => {
    socket.once('data', () => {
      socket.write(beginning);
      pour(socket, pieces);
    });
  };
}

function pour(socket: Socket, piece: string): void {
  while (!socket.destroyed && socket.write(piece));
  socket.once('drain', () => pour(socket, piece));
}

const deepJson = `${'['.repeat(400_000)}${']'.repeat(400_000)}`;
const bomb = gzipSync(Buffer.alloc(200_000_000));
const gzipped = (bytes: Buffer, codings: string): Buffer => {
  const head = `HTTP/1.1 200 OK\r\nContent-Encoding: ${codings}\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
};
const body = (text: string): Behaviour => answering(() => answerText('200 OK', [], text));

const CASES: [name: string, behave: Behaviour, wish: StageWish, code: string][] = [
  ['a body without end', endless('HTTP/1.1 200 OK\r\n\r\n', CHUNK), {}, 'PROTOCOL_LIMIT_EXCEEDED'],
  [
    'a body without end that is judged',
    endless('HTTP/1.1 200 OK\r\n\r\n', CHUNK),
    { expect: { body: { contains: 'y' } } },
    'PROTOCOL_LIMIT_EXCEEDED',
  ],
  [
    'chunks without end',
    endless('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n'),
    { bodyBytesMax: 10_000 },
    'PROTOCOL_LIMIT_EXCEEDED',
  ],
  [
    'a chunk whose extension has no end',
    endless('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;', CHUNK),
    {},
    'PROTOCOL_INVALID_ANSWER',
  ],
  [
    'headers without end',
    endless('HTTP/1.1 200 OK\r\n', 'a: b\r\n'),
    {},
    'PROTOCOL_LIMIT_EXCEEDED',
  ],
  ['a header without end', endless('HTTP/1.1 200 OK\r\na: ', CHUNK), {}, 'PROTOCOL_LIMIT_EXCEEDED'],
  [
    'interim answers without end',
    endless('', 'HTTP/1.1 103 Early Hints\r\n\r\n'),
    {},
    'PROTOCOL_LIMIT_EXCEEDED',
  ],
  [
    'a compressed bomb',
    answering(() => gzipped(bomb, 'gzip')),
    { expect: { body: { contains: 'x' } } },
    'PROTOCOL_LIMIT_EXCEEDED',
  ],
  [
    'a bomb in a bomb',
    answering(() => gzipped(gzipSync(bomb), 'gzip, gzip')),
    {},
    'PROTOCOL_INVALID_ANSWER',
  ],
  [
    'a pattern built to explode',
    body(`${'a'.repeat(200_000)}!`),
    { expect: { body: { matches: '(a+)+$' } } },
    'ASSERTION_BODY',
  ],
  ['JSON deeper than any stack', body(deepJson), { expect: { json: [1] } }, 'ASSERTION_JSON'],
  [
    'JSON deeper than any stack against a schema that refers to itself',
    body(deepJson),
    { expect: { jsonSchema: { type: 'array', items: { $ref: '#' } } } },
    'ASSERTION_JSON',
  ],
  [
    'JSON that makes a schema costly',
    body(JSON.stringify(Array.from({ length: 60_000 }, (_, at) => ({ at })))),
    { expect: { jsonSchema: { uniqueItems: true } } },
    'ASSERTION_JSON',
  ],
  [
    'a redirect loop',
    answering(() => answerText('302 Found', ['Location: /'])),
    { maxRedirects: -1 },
    'PROTOCOL_REDIRECTS_EXCEEDED',
  ],
];

for (const [name, behave, wish, code] of CASES) {
  test(`${name} is ${code}`, async () => {
    const { fault, status } = await bounded(() => stage.http(behave, wish));
    assert.deepEqual([status, fault?.code], ['down', code], fault?.message ?? '');
    assert.ok((fault?.message.length ?? 0) < 400);
  });
}

const EGRESS = { deny: ['169.254.0.0/16'], allow: [] };

test('a redirect to a name of a denied network is followed no further', async () => {
  const lookup: Lookup = async () => [{ ip: METADATA, version: 4 }];
  const behave = answering(() => answerText('302 Found', ['Location: http://inner.test/keys']));
  const run = () => stage.http(behave, { options: { egress: EGRESS, lookup } });
  const { status, fault, phases } = await bounded(run);
  assert.deepEqual([status, fault?.code], ['invalid', 'PROBER_EGRESS_DENIED']);
  assert.ok(!phases.some(({ name, hop }) => name === 'connect' && hop === 1));
});

test('a name that leads to a denied network at its second look-up', async () => {
  const server = await stage.server(answering(() => answerText('302 Found', ['Location: /2'])));
  const answers = ['127.0.0.1'];
  const lookup: Lookup = async () => [{ ip: answers.shift() ?? METADATA, version: 4 }];
  const check = httpCheck({ url: `http://turn.test:${server.port}/` });
  const { status, fault } = await bounded(() => probeOnce(check, { egress: EGRESS, lookup }));
  assert.deepEqual([status, fault?.code], ['invalid', 'PROBER_EGRESS_DENIED']);
  assert.equal(server.requests.length, 1);
});

test('a certificate without names', async () => {
  const { cert, key } = await issue({ name: '', names: [] });
  const wish = { server: { tls: { cert, key } }, tls: { verify: true, ca: cert } };
  const { fault, context } = await bounded(() => stage.http(body(''), wish));
  assert.equal(fault?.code, 'TLS_NAME_MISMATCH');
  assert.match(fault?.message ?? '', /for no name/);
  assert.deepEqual(context.tls?.chain[0]?.names, []);
});

test('a chain of 100 certificates', async () => {
  const { ca, leaf } = await longChain(100);
  const wish = { server: { tls: { cert: leaf.cert, key: leaf.key } }, tls: { verify: true, ca } };
  const { fault, context } = await bounded(() => stage.http(body(''), wish));
  assert.ok(fault === undefined || fault.class === 'tls', fault?.message ?? '');
  assert.ok((context.tls?.chain.length ?? 0) <= 10);
});
