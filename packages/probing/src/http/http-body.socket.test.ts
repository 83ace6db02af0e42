// Bodies as targets really send them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { httpCheck, probeOnce } from '../testing/checks.ts';
import { answering, answerText, rawServer } from '../testing/raw-server.ts';

test('the beginning of the body is kept on a failure only, and only of texts', async () => {
  const body = `oops ${'é'.repeat(600)}`;
  const server = await rawServer(
    answering((request) => {
      if (request.startsWith('GET /bin'))
        return answerText('500 No', ['Content-Type: image/png'], body);
      return answerText(
        request.startsWith('GET /up') ? '200 OK' : '500 No',
        ['Content-Type: text/plain'],
        body,
      );
    }),
  );
  const failed = await probeOnce(httpCheck({ url: server.url('/down') }));
  const excerpt = String(failed.detail.body_excerpt);
  assert.ok(
    excerpt.startsWith('oops é') &&
      Buffer.byteLength(excerpt) <= 512 &&
      !excerpt.includes('\ufffd'),
  );
  assert.equal(
    (await probeOnce(httpCheck({ url: server.url('/up') }))).detail.body_excerpt,
    undefined,
  );
  assert.equal(
    (await probeOnce(httpCheck({ url: server.url('/bin') }))).detail.body_excerpt,
    undefined,
  );
  await server.close();
});

test('a body compressed although nobody asked for it is judged and counted decoded', async () => {
  const body = gzipSync('hold fast '.repeat(100));
  const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`;
  const server = await rawServer(answering(() => Buffer.concat([Buffer.from(head), body])));
  const expect = { body: { contains: 'fast hold' } };
  const { status, detail } = await probeOnce(httpCheck({ url: server.url(), expect }));
  await server.close();
  assert.deepEqual([status, detail.body_length], ['up', 1000]);
  assert.match(server.requests[0] ?? '', /Accept-Encoding: identity\r\n/);
});

test('chunks, interim answers and an end by close', async () => {
  const answers = [
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    'HTTP/1.0 200 OK\r\n\r\nhello',
  ];
  for (const answer of answers) {
    const server = await rawServer(answering(() => answer));
    const expect = { body: { matches: '^hello$' } };
    const { status, detail } = await probeOnce(httpCheck({ url: server.url(), expect }));
    await server.close();
    assert.deepEqual([status, detail.body_length], ['up', 5], answer);
  }
});

test('the answer to HEAD is whole without a body', async () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n';
  const server = await rawServer((socket) => socket.once('data', () => socket.write(answer)));
  const { status, detail } = await probeOnce(httpCheck({ url: server.url(), method: 'HEAD' }));
  await server.close();
  assert.deepEqual([status, detail.body_length], ['up', 0]);
});
