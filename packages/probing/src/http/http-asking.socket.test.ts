// What a check may ask of a plain HTTP/1.1 server beyond a request: to agree to a body first, to be
// believed about a coding, to know who we are.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type HttpWish, httpCheck, probeOnce } from '../testing/checks.ts';
import { answering, answerText, type Behaviour, rawServer } from '../testing/raw-server.ts';

async function probing(behave: Behaviour, wish: Partial<HttpWish>, environment = {}) {
  const server = await rawServer(behave);
  const check = httpCheck({ url: server.url(), ...wish });
  const result = await probeOnce(check, { environment });
  await server.close();
  return { result, requests: server.requests };
}

const POSTED = { method: 'POST', body: 'hello' };

function agreeing(first: string): Behaviour {
  return (socket, server) =>
    socket.on('data', (bytes: Buffer) => {
      server.requests.push(bytes.toString('latin1'));
      if (server.requests.length === 1) socket.write(first);
      else socket.end(answerText('200 OK', [], 'fine'));
    });
}

test('a body is held back until the server agrees', async () => {
  const behave = agreeing(
    'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n',
  );
  const { result, requests } = await probing(behave, { ...POSTED, expectContinueMs: 5000 });
  assert.equal(result.status, 'up', result.fault?.message ?? '');
  assert.match(requests[0] ?? '', /\r\nContent-Length: 5\r\nExpect: 100-continue\r\n/);
  assert.ok(requests[0]?.endsWith('\r\n\r\n'));
  assert.equal(requests[1], 'hello');
});

test('a server that does not know of it gets the body when our patience ends', async () => {
  const { result, requests } = await probing(agreeing(''), { ...POSTED, expectContinueMs: 40 });
  assert.deepEqual([result.status, requests[1]], ['up', 'hello']);
  assert.ok(result.totalMs >= 39);
});

test('a server that refuses never sees the body', async () => {
  const behave = agreeing(answerText('417 Expectation Failed'));
  const { result, requests } = await probing(behave, { ...POSTED, expectContinueMs: 5000 });
  assert.deepEqual([result.detail.status_code, requests.length], [417, 1]);
});

const packed = (bytes: Buffer, headers: string[] = []): Behaviour =>
  answering(() =>
    Buffer.concat([
      Buffer.from(
        [`HTTP/1.1 200 OK`, ...headers, `Content-Length: ${bytes.length}`, '', ''].join('\r\n'),
      ),
      bytes,
    ]),
  );
const expectFine = { body: { matches: '^fine$' } };

test('a coding that the check names is undone, whatever the server says', async () => {
  for (const [decompress, bytes] of [
    ['gzip', gzipSync('fine')],
    ['zstd', zstdCompressSync('fine')],
  ] as const) {
    const said = await probing(packed(bytes), { decompress, expect: expectFine });
    assert.equal(said.result.status, 'up', said.result.fault?.message ?? '');
    const field = `Content-Encoding: ${decompress}`;
    const unsaid = await probing(packed(bytes, [field]), { expect: expectFine });
    assert.equal(unsaid.result.status, 'up', unsaid.result.fault?.message ?? '');
    const left = await probing(packed(bytes, [field]), { decompress: 'identity' });
    assert.equal(left.result.detail.body_length, bytes.length);
  }
});

test('a bomb stays bounded', async () => {
  const bomb = zstdCompressSync(Buffer.alloc(50_000_000));
  const { result } = await probing(packed(bomb), { decompress: 'zstd' });
  assert.equal(result.fault?.code, 'PROTOCOL_LIMIT_EXCEEDED');
  const broken = await probing(packed(Buffer.from('fine')), { decompress: 'gzip' });
  assert.equal(broken.result.fault?.code, 'PROTOCOL_INVALID_ANSWER');
});

test('auth is filled, sent, and hidden', async () => {
  const echo = answering((request) => answerText('500 No', ['Content-Type: text/plain'], request));
  const environment = { PASSWORD: 'open-sesame', TOKEN: 'tok-12345' };
  const basic = await probing(
    echo,
    { auth: { type: 'basic', username: 'ann', password: '${env:PASSWORD}' } },
    environment,
  );
  const encoded = Buffer.from('ann:open-sesame').toString('base64');
  assert.ok(basic.requests[0]?.includes(`\r\nAuthorization: Basic ${encoded}\r\n`));
  const bearer = await probing(
    echo,
    { auth: { type: 'bearer', token: '${env:TOKEN}' } },
    environment,
  );
  assert.match(bearer.requests[0] ?? '', /\r\nAuthorization: Bearer tok-12345\r\n/);
  const told = JSON.stringify([basic.result, bearer.result]);
  assert.ok(!/open-sesame|tok-12345/.test(told) && !told.includes(encoded));
});

test('auth does not follow a redirect to another origin', async () => {
  const other = await rawServer(answering(() => answerText('200 OK')));
  const behave = answering(() => answerText('302 Found', [`Location: ${other.url()}`]));
  const auth = { type: 'basic', username: 'ann', password: 'open-sesame' } as const;
  const { result, requests } = await probing(behave, { auth });
  await other.close();
  assert.equal(result.status, 'up');
  assert.match(requests[0] ?? '', /Authorization/);
  assert.doesNotMatch(other.requests[0] ?? '', /Authorization/i);
});
