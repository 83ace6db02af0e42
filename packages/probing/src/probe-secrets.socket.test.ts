// Secrets on real sockets: the target gets them, the result never shows them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeResult } from '@holdfast/resources/result';
import { httpCheck, probeOnce } from './testing/checks.ts';
import { answering, answerText, rawServer } from './testing/raw-server.ts';

test('no secret leaves the run, wherever it is echoed', async () => {
  const SECRET = 'p4ss/w&rd "x"';
  const server = await rawServer(
    answering((request) => {
      const path = request.split(' ')[1] ?? '';
      if (path.startsWith('/start')) {
        const echo = `http://user:${encodeURIComponent(SECRET)}@127.0.0.1:${server.port}/end?${path.split('?')[1]}`;
        return answerText('302 Found', [`Location: ${echo}`]);
      }
      const all = `${request} ${SECRET} ${JSON.stringify(SECRET)} ${encodeURIComponent(SECRET)}`;
      return answerText(
        '500 No',
        [
          `X-Echo: ${SECRET}`,
          `WWW-Authenticate: Basic realm="${SECRET}"`,
          'Content-Type: text/plain',
          `Set-Cookie: s=${SECRET}`,
        ],
        all,
      );
    }),
  );
  const url = `http://bob:\${env:PASS}@127.0.0.1:${server.port}/start?token=\${env:PASS}#\${env:PASS}`;
  const wish = {
    headers: { 'X-Key': '${env:PASS}', Authorization: 'Bearer ${file:/token}' },
    method: 'POST',
    body: 'pass=${env:PASS}',
    expect: { headers: { 'x-echo': 'never' }, that: ['body == "never"'] },
  };
  const options = { environment: { PASS: SECRET }, readFile: () => 'file-secret\n' };
  const results: ProbeResult[] = [];
  results.push(
    await probeOnce(
      httpCheck({ url: url.replace('${env:PASS}@', `${encodeURIComponent(SECRET)}@`), ...wish }),
      options,
    ),
  );
  results.push(
    await probeOnce(httpCheck({ url: url.replace(/bob:[^@]*@/, ''), ...wish }), options),
  );
  results.push(
    await probeOnce(
      httpCheck({
        url: url.replace(/bob:[^@]*@/, ''),
        ...wish,
        expect: { ...wish.expect, status: [] },
      }),
      options,
    ),
  );
  await server.close();
  assert.match(server.requests.join(''), /X-Key: p4ss\/w&rd "x"\r\n/);
  for (const result of results) {
    const text = JSON.stringify(result);
    assert.equal(result.status, 'down', text);
    for (const hidden of [
      SECRET,
      JSON.stringify(SECRET).slice(1, -1),
      encodeURIComponent(SECRET),
      'p4ss',
      'w&rd',
      'w%26rd',
      'file-secret',
      Buffer.from(`bob:${SECRET}`).toString('base64'),
    ]) {
      assert.ok(!text.includes(hidden), `${hidden} is in ${text}`);
    }
  }
});

test('a missing secret is told without touching the target', async () => {
  const server = await rawServer(() => assert.fail('nothing was to be asked'));
  const check = httpCheck({ url: server.url('/${file:/nope}') });
  const { status, fault } = await probeOnce(check);
  await server.close();
  assert.deepEqual([status, fault?.code], ['invalid', 'PROBER_SECRET_MISSING']);
});

test('a secret file that cannot be read in time is a TIMEOUT, not a hang', async () => {
  const check = httpCheck({ url: 'http://127.0.0.1:1/${file:/slow}', timeoutMs: 200 });
  const { status } = await probeOnce(check, { readFile: () => new Promise(() => {}) });
  assert.equal(status, 'timeout');
});

test('a secret that looks like a word of ours does not change the result', async () => {
  const server = await rawServer(answering(() => answerText('500 No', [], 'down')));
  const headers = { 'X-Key': '${env:WORD}' };
  const check = httpCheck({ url: server.url(), headers });
  const { status, detail } = await probeOnce(check, { environment: { WORD: 'down' } });
  await server.close();
  assert.deepEqual([status, detail.body_excerpt], ['down', '<secret>']);
});

test('an excerpt that ends within a secret shows no part of it', async () => {
  const SECRET = 'a-long-secret-value';
  const body = `${'x'.repeat(500)}${SECRET}`;
  const server = await rawServer(answering(() => answerText('500 No', [], body)));
  const check = httpCheck({ url: server.url(), headers: { 'X-Key': '${env:KEY}' } });
  const result = await probeOnce(check, { environment: { KEY: SECRET } });
  await server.close();
  assert.equal(result.detail.body_excerpt, `${'x'.repeat(500)}<secret>`);
});
