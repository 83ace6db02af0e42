// The guard on a real server: names, origins, bodies, tokens.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { silentLogger } from '@holdfast/kernel';
import Fastify, { type FastifyInstance } from 'fastify';
import { answerErrors } from './answer-errors.ts';
import { type Access, guard } from './guard.ts';

const open: FastifyInstance[] = [];
let plain: string;
let locked: string;

before(async () => {
  plain = await serve({ hosts: ['probes.example'] });
  locked = await serve({ hosts: [], token: 'correct horse' });
});
after(() => Promise.all(open.map((server) => server.close())));

async function serve(access: Access): Promise<string> {
  const server = Fastify();
  open.push(server);
  guard(server, access);
  answerErrors(server, silentLogger);
  server.get('/', async () => 'here');
  server.get('/healthz', async () => 'well');
  server.get('/api/v1/checks/:namespace/:name', async () => 'seen');
  server.post('/', async () => 'taken');
  return server.listen({ host: '127.0.0.1', port: 0 });
}

/** fetch refuses to set Host; node:http does not. */
function ask(
  url: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers });
    })
      .on('error', reject)
      .end();
  });
}

test('a foreign host name is refused: a page cannot reach us by rebinding its own', async () => {
  assert.equal((await ask(plain, { host: 'evil.example' })).status, 403);
  assert.equal((await ask(plain, { host: 'evil.example:80' })).status, 403);
  assert.equal((await ask(plain, { host: 'probes.example:7070' })).status, 200);
  assert.equal((await ask(plain, { host: 'localhost:1' })).status, 200);
  assert.equal((await ask(plain, { host: '[::1]:1' })).status, 200);
  assert.equal((await ask(plain, { host: '127.0.0.1.evil.example' })).status, 403);
});

test('a foreign origin is refused, also null', async () => {
  assert.equal((await ask(plain, { origin: 'http://evil.example' })).status, 403);
  assert.equal((await ask(plain, { origin: 'null' })).status, 403);
  assert.equal(
    (await ask(plain, { host: 'localhost:9', origin: 'http://localhost:9' })).status,
    200,
  );
});

test('bodies are JSON or nothing', async () => {
  assert.equal((await ask(plain, { 'content-type': 'text/plain' }, 'POST')).status, 415);
  assert.equal((await ask(plain, {}, 'POST')).status, 415);
});

test('with a token every path but health wants it', async () => {
  assert.equal((await ask(locked, {})).status, 401);
  assert.equal((await ask(`${locked}/healthz`, {})).status, 200);
  assert.equal((await ask(locked, { authorization: 'Bearer wrong' })).status, 401);
  assert.equal((await ask(locked, { authorization: 'Bearer correct horse' })).status, 200);
  assert.equal((await ask(locked, { cookie: 'a=b; holdfast_token=correct%20horse' })).status, 200);
  assert.equal((await ask(locked, { cookie: 'holdfast_token=%' })).status, 401);
});

test('the token in the address becomes a cookie that scripts cannot read', async () => {
  const answer = await ask(`${locked}/?token=correct%20horse&x=1`, {});
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.location, '/?x=1');
  assert.match(String(answer.headers['set-cookie']), /HttpOnly; SameSite=Strict/);
  assert.equal((await ask(`${locked}/?token=wrong`, {})).status, 401);
});

test('a granted token opens the routes of its role, in its namespace', async () => {
  const sha256 = createHash('sha256').update('hf_reader').digest('hex');
  const granted = [{ sha256, role: 'reader' as const, name: 'wall', namespace: 'shop' }];
  const url = await serve({ hosts: [], token: 'correct horse', granted: () => granted });
  const authorization = 'Bearer hf_reader';
  assert.equal((await ask(url, { authorization })).status, 200);
  assert.equal((await ask(`${url}/api/v1/checks/shop/a`, { authorization })).status, 200);
  assert.equal((await ask(`${url}/api/v1/checks/bank/a`, { authorization })).status, 403);
  const json = { 'content-type': 'application/json', authorization };
  assert.equal((await ask(url, json, 'POST')).status, 403);
  assert.equal((await ask(`${url}/?token=hf_reader`, {})).status, 303);
  assert.equal((await ask(url, { authorization: 'Bearer hf_gone' })).status, 401);
});
