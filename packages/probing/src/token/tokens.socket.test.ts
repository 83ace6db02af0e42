// Tokens from a real endpoint, used against a real target, by one runner.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledCheck, TokenSpec } from '@holdfast/resources/compiled-check';
import { createProbeRunner, type ProbeRunnerOptions } from '../probe-runner.ts';
import { httpCheck, PLAN, RUNNER_OPTIONS } from '../testing/checks.ts';
import {
  type Answer,
  answering,
  answerText,
  type RawServer,
  rawServer,
} from '../testing/raw-server.ts';

const SECRET = 'p$s&word-of the client';
const ENVIRONMENT = { SSO_SECRET: SECRET };
const JSON_TYPE = ['Content-Type: application/json'];

function issuing(lifetimeS = 3600): Answer {
  return (_, server) => {
    const body = { access_token: `token-${server.requests.length}`, expires_in: lifetimeS };
    return answerText('200 OK', JSON_TYPE, JSON.stringify(body));
  };
}

interface Scene {
  endpoint: RawServer;
  target: RawServer;
  check: CompiledCheck;
  runner: ReturnType<typeof createProbeRunner>;
}

interface Wish {
  token?: Partial<TokenSpec>;
  answer?: Answer;
  timeoutMs?: number;
  options?: Partial<ProbeRunnerOptions>;
}

/** `accepts` = the requests that the target answers with 200. */
async function onScene(
  endpointAnswer: Answer,
  { token, answer = () => answerText('200 OK'), timeoutMs, options }: Wish,
  act: (scene: Scene) => Promise<void>,
): Promise<void> {
  const endpoint = await rawServer(answering(endpointAnswer));
  const target = await rawServer(answering(answer));
  const spec: TokenSpec = {
    url: endpoint.url('/token'),
    clientId: 'probe',
    clientSecret: '${env:SSO_SECRET}',
    scopes: ['read', 'write'],
    parameters: {},
    credentialsIn: 'header',
    ip: 'any',
    tls: { verify: true },
    ...token,
  };
  const headers = { Authorization: 'Bearer ${token:sso}', 'X-Request-Id': '${uuid}' };
  const wish = { url: target.url(), headers, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  const check = { ...httpCheck(wish), tokens: { sso: spec } };
  const runner = createProbeRunner({ ...RUNNER_OPTIONS, environment: ENVIRONMENT, ...options });
  try {
    await act({ endpoint, target, check, runner });
  } finally {
    await runner.close();
    await endpoint.close();
    await target.close();
  }
}

test('a token is asked for once, sent and hidden; the uuid is told', async () => {
  await onScene(issuing(), {}, async ({ endpoint, target, check, runner }) => {
    const runs = await Promise.all([1, 2, 3].map(() => runner.run(check, PLAN)));
    assert.deepEqual(
      runs.map(({ status, fault }) => fault?.message ?? status),
      ['up', 'up', 'up'],
    );
    assert.equal(endpoint.requests.length, 1);
    const [asked = ''] = endpoint.requests;
    assert.match(asked, /^POST \/token HTTP\/1\.1\r\n/);
    const basic = /Authorization: Basic (\S+)/i.exec(asked)?.[1] ?? '';
    const expected = `probe:${new URLSearchParams({ v: SECRET }).toString().slice(2)}`;
    assert.equal(Buffer.from(basic, 'base64').toString(), expected);
    assert.match(asked, /\r\n\r\ngrant_type=client_credentials&scope=read\+write$/);
    for (const [at, request] of target.requests.entries()) {
      assert.match(request, /Authorization: Bearer token-1\r\n/);
      const sent = /X-Request-Id: (\S+)/.exec(request)?.[1] ?? '';
      assert.match(sent, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.ok(
        runs.some(({ detail }) => detail.uuid === sent),
        `${at}`,
      );
    }
    assert.deepEqual(
      runs[0]?.phases.map(({ name }) => name),
      ['connect', 'write', 'wait', 'transfer'],
    );
    assert.ok(Number(runs[0]?.detail.token_ms) > 0);
    const later = await runner.run(check, PLAN);
    assert.deepEqual([later.detail.token_ms, endpoint.requests.length], [undefined, 1]);
  });
});

test('credentials in the form, with audience and further fields', async () => {
  const token: Partial<TokenSpec> = {
    credentialsIn: 'body',
    audience: 'https://api.test/',
    parameters: { resource: 'r-${env:SSO_SECRET}' },
  };
  await onScene(issuing(), { token }, async ({ endpoint, check, runner }) => {
    assert.equal((await runner.run(check, PLAN)).status, 'up');
    const [head = '', body = ''] = (endpoint.requests[0] ?? '').split('\r\n\r\n');
    assert.doesNotMatch(head, /Authorization/i);
    assert.deepEqual(Object.fromEntries(new URLSearchParams(body)), {
      grant_type: 'client_credentials',
      scope: 'read write',
      audience: 'https://api.test/',
      resource: `r-${SECRET}`,
      client_id: 'probe',
      client_secret: SECRET,
    });
  });
});

test('a 401 for a kept token makes the next run ask anew', async () => {
  const valid = new Set(['token-1', 'token-2']);
  const answer: Answer = (request) => {
    const token = /Bearer (\S+)/.exec(request)?.[1] ?? '';
    return answerText(valid.has(token) ? '200 OK' : '401 Unauthorized');
  };
  await onScene(issuing(), { answer }, async ({ endpoint, check, runner }) => {
    const status = async () => (await runner.run(check, PLAN)).status;
    assert.equal(await status(), 'up');
    valid.delete('token-1');
    assert.deepEqual([await status(), await status()], ['down', 'up']);
    assert.equal(endpoint.requests.length, 2);
  });
});

test('an endpoint that refuses makes the run invalid, without a storm and without the secret', async () => {
  const refusing: Answer = () => {
    const body = { error: 'invalid_client', error_description: `${SECRET} is wrong` };
    return answerText('401 Unauthorized', JSON_TYPE, JSON.stringify(body));
  };
  await onScene(refusing, {}, async ({ endpoint, target, check, runner }) => {
    const runs = [];
    for (let run = 0; run < 5; run += 1) runs.push(await runner.run(check, PLAN));
    for (const { status, fault } of runs) {
      assert.deepEqual([status, fault?.code], ['invalid', 'PROBER_TOKEN_REFUSED']);
      assert.match(fault?.message ?? '', /\/token answered with status 401: invalid_client/);
    }
    assert.ok(!JSON.stringify(runs).includes(SECRET));
    assert.deepEqual([endpoint.requests.length, target.requests.length], [1, 0]);
  });
});

test('an endpoint that redirects, breaks, is denied, or lacks its secret', async () => {
  const cases: [Answer, Wish, string, RegExp][] = [
    [() => answerText('302 Found', ['Location: http://127.0.0.1:1/']), {}, 'TOKEN_REFUSED', /302/],
    [() => 'garbage\r\n\r\n', {}, 'TOKEN_REFUSED', /could not be asked: /],
    [issuing(), { token: { clientId: '${env:NOPE}' } }, 'SECRET_MISSING', /NOPE/],
    [issuing(), { token: { url: 'no url' } }, 'TOKEN_REFUSED', /is no URL/],
    [
      issuing(),
      { options: { egress: { deny: ['127.0.0.0/8'], allow: [] } } },
      'TOKEN_REFUSED',
      /egress policy denies 127\.0\.0\.1/,
    ],
  ];
  for (const [answer, wish, code, message] of cases) {
    await onScene(answer, wish, async ({ check, runner, target }) => {
      const { status, fault } = await runner.run(check, PLAN);
      assert.deepEqual([status, fault?.code], ['invalid', `PROBER_${code}`], fault?.message ?? '');
      assert.match(fault?.message ?? '', message);
      assert.deepEqual(target.requests, []);
    });
  }
});

test('an endpoint that never answers is not blamed on the target', async () => {
  await onScene(
    () => undefined,
    { timeoutMs: 200 },
    async ({ check, runner }) => {
      const { status, fault } = await runner.run(check, PLAN);
      assert.deepEqual([status, fault?.code], ['invalid', 'PROBER_TOKEN_REFUSED']);
      assert.match(
        fault?.message ?? '',
        /of sso had not answered yet: The deadline of 200 ms passed/,
      );
    },
  );
});

test('a token that nobody described is told', async () => {
  await onScene(issuing(), {}, async ({ check, runner }) => {
    const { status, fault } = await runner.run({ ...check, tokens: {} }, PLAN);
    assert.deepEqual([status, fault?.code], ['invalid', 'PROBER_SECRET_MISSING']);
    assert.match(fault?.message ?? '', /no token sso/);
  });
});
