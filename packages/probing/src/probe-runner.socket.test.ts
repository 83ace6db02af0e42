// The runner as a whole, on real sockets.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Span, Tracer } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import { createProbeRunner } from './probe-runner.ts';
import { testCertificates } from './testing/certificates.ts';
import { httpCheck, PLAN, probeOnce, RUNNER_OPTIONS, tcpCheck } from './testing/checks.ts';
import { countOfSockets, until } from './testing/condition.ts';
import { answering, answerText, rawServer } from './testing/raw-server.ts';

const NEVER_MS = 60_000;

test('a result carries the plan, the place and the facts of the run', async () => {
  const server = await rawServer(answering(() => answerText('200 OK')));
  const before = Date.now();
  const runner = createProbeRunner({ ...RUNNER_OPTIONS, loopLag: () => 7 });
  const result = await runner.run(httpCheck({ url: server.url() }), { ...PLAN, startedLateMs: 3 });
  await runner.close();
  await server.close();
  const { key, kind, target, agent, scheduleLagMs, loopLagMs, status, fault, startedAtMs } = result;
  assert.deepEqual(key, {
    namespace: 'default',
    check: 'check',
    location: 'here',
    plannedAtMs: PLAN.plannedAtMs,
    attempt: 1,
  });
  assert.deepEqual(
    [kind, target, agent, scheduleLagMs, loopLagMs],
    ['http', server.url(), 'agent-1', 3, 7],
  );
  assert.deepEqual([status, fault], ['up', undefined]);
  assert.ok(startedAtMs >= before && startedAtMs <= Date.now());
});

test('close calls off what runs and refuses what comes after', async () => {
  const server = await rawServer((socket) => socket.resume());
  const runner = createProbeRunner(RUNNER_OPTIONS);
  const check = httpCheck({ url: server.url(), timeoutMs: NEVER_MS });
  const running = [runner.run(check, PLAN), runner.run(check, PLAN)];
  await until(() => server.open.size === 2);
  await runner.close();
  const results = [...(await Promise.all(running)), await runner.run(check, PLAN)];
  assert.deepEqual(
    results.map(({ status }) => status),
    ['invalid', 'invalid', 'invalid'],
  );
  await until(() => server.open.size === 0);
  await server.close();
});

test('an aborted signal prevents the run', async () => {
  const server = await rawServer(() => assert.fail('nothing was to be asked'));
  const { status } = await probeOnce(httpCheck({ url: server.url() }), {}, AbortSignal.abort());
  await server.close();
  assert.equal(status, 'invalid');
});

test('a kind that does not exist and a lookup that breaks give results too', async () => {
  const check = {
    ...tcpCheck('127.0.0.1', 1),
    spec: { kind: 'smoke' },
  } as unknown as CompiledCheck;
  assert.equal((await probeOnce(check)).fault?.code, 'PROBER_INVALID_CHECK');
  const lookup = () => {
    throw new TypeError('broken');
  };
  const { status, fault } = await probeOnce(tcpCheck('h.test', 1), { lookup });
  assert.deepEqual([status, fault?.class], ['down', 'name']);
});

test('a new egress policy holds from the next run; a bad one leaves the old', async () => {
  const server = await rawServer(answering(() => answerText('200 OK')));
  const check = httpCheck({ url: server.url() });
  const runner = createProbeRunner(RUNNER_OPTIONS);
  assert.equal((await runner.run(check, PLAN)).status, 'up');
  runner.setEgress({ deny: ['127.0.0.0/8'], allow: [] });
  assert.throws(() => runner.setEgress({ deny: ['nonsense'], allow: [] }), {
    code: 'CONFIG_INVALID',
  });
  const { status, fault } = await runner.run(check, PLAN);
  assert.deepEqual([status, fault?.code], ['invalid', 'PROBER_EGRESS_DENIED']);
  await runner.close();
  await server.close();
});

test('a name that is bound anew between resolve and connect cannot get past the policy', async () => {
  const server = await rawServer(answering(() => answerText('200 OK')));
  const runner = createProbeRunner({
    ...RUNNER_OPTIONS,
    async lookup() {
      // The policy becomes strict while the name is being looked up: dial has to ask again.
      queueMicrotask(() =>
        queueMicrotask(() => runner.setEgress({ deny: ['127.0.0.0/8'], allow: [] })),
      );
      return [{ ip: '127.0.0.1', version: 4 }];
    },
  });
  const { fault } = await runner.run(httpCheck({ url: `http://h.test:${server.port}/` }), PLAN);
  await runner.close();
  await server.close();
  assert.equal(fault?.code, 'PROBER_EGRESS_DENIED');
});

test('a traced run hands its context on and names its trace', async () => {
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const ended: unknown[] = [];
  const span: Span = { traceparent, set: () => {}, end: (error) => ended.push(error) };
  const tracer: Tracer = { start: () => span };
  const server = await rawServer(answering(() => answerText('200 OK')));
  const { context } = await probeOnce(httpCheck({ url: server.url() }), { tracer });
  await server.close();
  assert.match(server.requests[0] ?? '', new RegExp(`traceparent: ${traceparent}\r\n`));
  assert.deepEqual([context.traceId, ended], ['a'.repeat(32), [undefined]]);
});

test('many probes at once over plain and secured connections leave no socket behind', async () => {
  const { ca, good } = await testCertificates();
  const plain = await rawServer(answering(() => answerText('200 OK', [], 'hello')));
  const secured = await rawServer(
    answering(() => answerText('200 OK', [], 'hello')),
    { tls: good },
  );
  const runner = createProbeRunner(RUNNER_OPTIONS);
  const checks = [
    httpCheck({ url: plain.url() }),
    httpCheck({ url: secured.url(), tls: { verify: true, ca } }),
  ];
  const results = await Promise.all(
    Array.from({ length: 200 }, (_, at) => runner.run(checks[at % 2] as CompiledCheck, PLAN)),
  );
  assert.deepEqual(new Set(results.map(({ status }) => status)), new Set(['up']));
  assert.deepEqual(new Set(results.map(({ detail }) => detail.body_length)), new Set([5]));
  await until(() => plain.open.size + secured.open.size === 0);
  await runner.close();
  await plain.close();
  await secured.close();
  await until(() => countOfSockets() === 0);
});
