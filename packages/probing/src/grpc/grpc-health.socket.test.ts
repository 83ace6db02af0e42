// The health service on real connections, plain and secured, and what can be wrong with either.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TestCertificates, testCertificates } from '../testing/certificates.ts';
import { countOfSockets, until } from '../testing/condition.ts';
import { rawServer } from '../testing/raw-server.ts';
import { HEALTH_PATH } from './call-plan.ts';
import { type GrpcWish, type ProbeOptions, probeGrpc } from './testing/grpc-probe.ts';
import { type GrpcServer, grpcServer, type Handler, unary } from './testing/grpc-server.ts';

const certificates: TestCertificates = await testCertificates();
const SERVING = Buffer.from([8, 1]);

async function health(handler: Handler, wish: GrpcWish = {}, options: ProbeOptions = {}) {
  const server = await grpcServer({ [HEALTH_PATH]: handler });
  const result = await probeGrpc({ port: server.port, ...wish }, options);
  await leftNothing(server);
  await server.close();
  return { ...result, call: server.calls[0] };
}

async function leftNothing(server: GrpcServer): Promise<void> {
  await until(() => server.sessions.size === 0 && countOfSockets() === 0);
}

test('a server that serves is up, with phases and facts', async () => {
  const { status, fault, detail, phases, observation, call } = await health(
    unary(() => SERVING),
    { service: 'shop.Shop' },
    { traceparent: '00-11-22-01' },
  );
  assert.equal(status, 'up', fault?.message ?? '');
  assert.deepEqual(detail, {
    http_status: 200,
    grpc_status: 'OK',
    grpc_status_code: 0,
    messages: 1,
    message_bytes: 2,
    serving_status: 'SERVING',
  });
  assert.deepEqual(phases, ['connect', 'write', 'wait', 'transfer']);
  const sum = observation.phases.reduce((total, { durationMs }) => total + durationMs, 0);
  assert.ok(sum <= observation.totalMs);
  assert.equal(call?.received[0]?.toString('latin1'), '\n\tshop.Shop');
  assert.deepEqual(
    [call?.headers.te, call?.headers['content-type'], call?.headers['grpc-accept-encoding']],
    ['trailers', 'application/grpc', 'identity,gzip'],
  );
  assert.equal(call?.headers.traceparent, '00-11-22-01');
  assert.equal(call?.headers[':authority'], `127.0.0.1:${observation.context.peerPort}`);
  const timeout = /^(\d+)m$/.exec(String(call?.headers['grpc-timeout']))?.[1];
  assert.ok(Number(timeout) > 5_000 && Number(timeout) <= 10_000, `it is ${timeout}`);
});

test('not serving is a fault of the server, unless it is expected', async () => {
  const handler = unary(() => Buffer.from([8, 2]));
  const { status, fault, kept } = await health(handler);
  assert.deepEqual([status, fault?.class, fault?.code], ['down', 'server', 'SERVER_NOT_SERVING']);
  assert.match(fault?.message ?? '', /The server says that it is NOT_SERVING, wanted SERVING/);
  assert.deepEqual(kept, { message_excerpt: '{"status":"NOT_SERVING"}' });
  const expected = await health(handler, { expect: { serving: ['NOT_SERVING', 'UNKNOWN'] } });
  assert.equal(expected.status, 'up');
});

test('an unknown service, and a server without the health service', async () => {
  const missing = await health((call) => call.refuse(5, 'unknown service'), { service: 'other' });
  assert.deepEqual([missing.status, missing.fault?.class], ['down', 'refusal']);
  assert.match(missing.fault?.message ?? '', /does not know the service "other"/);
  const { fault } = await health((call) => call.refuse(12));
  assert.equal(fault?.class, 'refusal');
  assert.match(fault?.message ?? '', /no health service/);
});

test('metadata goes along, secrets filled', async () => {
  const { call, secrets } = await health(
    unary(() => SERVING),
    { metadata: { authorization: 'Bearer ${env:TOKEN}', 'x-key-bin': 'AAEC' } },
    { environment: { TOKEN: 'sesame-sesame' } },
  );
  assert.deepEqual(
    [call?.headers.authorization, call?.headers['x-key-bin']],
    ['Bearer sesame-sesame', 'AAEC'],
  );
  assert.equal(secrets.redact('sesame-sesame'), '<secret>');
});

test('rules over detail, phases, message and target', async () => {
  const that = [
    'detail.serving_status == "SERVING" && detail.grpc_status_code == 0',
    'phases["wait"] <= total_ms',
    'message.status == "SERVING"',
    'target.startsWith("127.0.0.1:")',
  ];
  const held = await health(
    unary(() => SERVING),
    { expect: { that } },
  );
  assert.equal(held.status, 'up', held.fault?.message ?? '');
  const { fault } = await health(
    unary(() => SERVING),
    { expect: { that: ['certificate_days > 3'] } },
  );
  assert.equal(fault?.code, 'ASSERTION_RULE');
  assert.match(fault?.message ?? '', /there is no certificate_days/);
});

test('TLS: facts are kept, and h2 is spoken', async () => {
  const server = await grpcServer({ [HEALTH_PATH]: unary(() => SERVING) }, certificates.good);
  const wish = { port: server.port, secure: true, tls: { verify: true, ca: certificates.ca } };
  const { status, fault, observation, phases } = await probeGrpc({
    ...wish,
    host: 'localhost',
    expect: { that: ['certificate_days > 20'] },
  });
  await leftNothing(server);
  await server.close();
  assert.equal(status, 'up', fault?.message ?? '');
  assert.deepEqual(phases, ['resolve', 'connect', 'tls', 'write', 'wait', 'transfer']);
  const { tls } = observation.context;
  assert.deepEqual([tls?.alpn, tls?.verified, tls?.serverName], ['h2', true, 'localhost']);
  assert.equal(server.calls[0]?.headers[':scheme'], 'https');
});

test('TLS: a bad certificate has its verdict, and its facts; without verify it is used', async () => {
  const server = await grpcServer({ [HEALTH_PATH]: unary(() => SERVING) }, certificates.expired);
  const { ca } = certificates;
  const wish = { port: server.port, secure: true };
  const strict = await probeGrpc({ ...wish, tls: { verify: true, ca } });
  assert.deepEqual(
    [strict.fault?.code, strict.observation.context.tls?.verified],
    ['TLS_CERTIFICATE_EXPIRED', false],
  );
  const lax = await probeGrpc({ ...wish, tls: { verify: false, ca } });
  assert.equal(lax.status, 'up', lax.fault?.message ?? '');
  await leftNothing(server);
  await server.close();
});

test('TLS: a server that does not agree on h2', async () => {
  const tls = { ...certificates.good };
  const silent = await rawServer(() => {}, { tls });
  const wish = { secure: true, tls: { verify: true, ca: certificates.ca } };
  const { fault } = await probeGrpc({ ...wish, port: silent.port });
  assert.deepEqual([fault?.code, fault?.phase], ['PROTOCOL_INVALID_ANSWER', 'tls']);
  assert.match(fault?.message ?? '', /ALPN/);
  await silent.close();
  await until(() => countOfSockets() === 0);
});

test('a name that is not of the certificate', async () => {
  const server = await grpcServer({ [HEALTH_PATH]: unary(() => SERVING) }, certificates.good);
  const { ca } = certificates;
  const tls = { verify: true, ca, serverName: 'other.test' };
  const { fault } = await probeGrpc({ port: server.port, secure: true, tls });
  await server.close();
  assert.equal(fault?.code, 'TLS_NAME_MISMATCH');
});

test('codes may be expected', async () => {
  const refused: Handler = (call) => call.refuse(16, 'who%20are%20you');
  const expected = await health(refused, { expect: { codes: ['UNAUTHENTICATED'] } });
  assert.equal(expected.status, 'up', expected.fault?.message ?? '');
  assert.deepEqual(
    [expected.detail.grpc_status, expected.detail.grpc_message, expected.detail.messages],
    ['UNAUTHENTICATED', 'who are you', 0],
  );
  const wrong = await health(
    unary(() => SERVING),
    { expect: { codes: ['UNAUTHENTICATED'] } },
  );
  assert.deepEqual([wrong.fault?.class, wrong.fault?.code], ['assertion', 'ASSERTION_GRPC_STATUS']);
});

test('a code that gRPC does not have makes the check invalid', async () => {
  const { unprepared } = await health(
    unary(() => SERVING),
    { expect: { codes: ['FINE'] } },
  );
  assert.equal(unprepared?.code, 'PROBER_INVALID_CHECK');
});
