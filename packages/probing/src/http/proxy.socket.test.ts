// Through proxies, right and wrong: whole URLs, tunnels, proxies over TLS, and what they refuse.

import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { createProbeRunner } from '../probe-runner.ts';
import { testCertificates } from '../testing/certificates.ts';
import { type HttpWish, httpCheck, PLAN, probeOnce, RUNNER_OPTIONS } from '../testing/checks.ts';
import { countOfSockets, until } from '../testing/condition.ts';
import { answering, answerText, type RawServer, rawServer } from '../testing/raw-server.ts';

const { ca, good } = await testCertificates();
const TRUSTING = { verify: true, ca };
const fine = answering(() => answerText('200 OK', [], 'fine'));
const open: RawServer[] = [];
after(async () => {
  for (const server of open) await server.close();
});

async function serve(...given: Parameters<typeof rawServer>): Promise<RawServer> {
  const server = await rawServer(...given);
  open.push(server);
  return server;
}

/** Opens every tunnel that is asked for. */
function tunnel(socket: Socket, server: RawServer): void {
  socket.once('data', (bytes: Buffer) => {
    const request = bytes.toString('latin1');
    server.requests.push(request);
    const port = Number(/^CONNECT [^ ]*:(\d+) /.exec(request)?.[1]);
    const onward = connect({ host: '127.0.0.1', port });
    onward.on('error', () => socket.destroy()).unref();
    socket.on('close', () => onward.destroy());
    onward.on('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
  });
}

function through(proxy: RawServer, wish: HttpWish) {
  return probeOnce(httpCheck({ proxy: { url: proxy.url(''), headers: {} }, ...wish }));
}

test('http:// asks the proxy for the whole URL', async () => {
  const proxy = await serve(fine);
  const url = `http://user:word@127.0.0.1:${proxy.port}`;
  const headers = { 'X-Tenant': '${env:TENANT}' };
  const check = httpCheck({ url: 'http://shop.test/a?b', proxy: { url, headers } });
  const result = await probeOnce(check, { environment: { TENANT: 'tenant-secret' } });
  assert.deepEqual([result.status, result.context.proxy], ['up', `127.0.0.1:${proxy.port}`]);
  assert.match(proxy.requests[0] ?? '', /^GET http:\/\/shop\.test\/a\?b HTTP\/1\.1\r\n/);
  assert.match(proxy.requests[0] ?? '', /\r\nHost: shop\.test\r\n/);
  assert.match(proxy.requests[0] ?? '', /\r\nProxy-Authorization: Basic dXNlcjp3b3Jk\r\n/);
  assert.match(proxy.requests[0] ?? '', /\r\nX-Tenant: tenant-secret\r\n/);
  assert.deepEqual(
    result.phases.map(({ name }) => name),
    ['connect', 'write', 'wait', 'transfer'],
  );
});

for (const secureProxy of [false, true]) {
  test(`https:// goes through a tunnel${secureProxy ? ' of a proxy over TLS' : ''}`, async () => {
    const target = await serve(fine, { tls: good });
    const proxy = await serve(tunnel, secureProxy ? { tls: good } : {});
    const result = await through(proxy, { url: target.url(), tls: TRUSTING });
    assert.equal(result.fault, undefined);
    assert.match(proxy.requests[0] ?? '', new RegExp(`^CONNECT 127.0.0.1:${target.port} HTTP/1.1`));
    assert.doesNotMatch(target.requests[0] ?? '', /proxy/i);
    assert.equal(result.context.tls?.verified, true);
    await until(() => countOfSockets() === 0);
  });
}

test('what is hidden stays hidden when the proxy echoes it', async () => {
  const proxy = await serve(answering((request) => answerText('500 No', [], request)));
  const check = httpCheck({
    url: 'http://shop.test/',
    proxy: { url: `http://user:pass-word@127.0.0.1:${proxy.port}`, headers: {} },
  });
  const result = JSON.stringify(await probeOnce(check));
  assert.doesNotMatch(result, /pass-word|dXNlcjpwYXNzLXdvcmQ/);
});

const REFUSALS: [string, string][] = [
  ['407 Proxy Authentication Required', 'http'],
  ['407 Proxy Authentication Required', 'https'],
  ['502 Bad Gateway', 'https'],
  ['302 Found', 'https'],
];
for (const [status, scheme] of REFUSALS) {
  test(`a proxy that answers ${status} for ${scheme} is at fault itself`, async () => {
    const proxy = await serve(answering(() => answerText(status, [], 'no')));
    const result = await through(proxy, { url: `${scheme}://shop.test/` });
    assert.deepEqual([result.status, result.fault?.code], ['down', 'PROXY_REFUSED']);
    assert.match(
      result.fault?.message ?? '',
      new RegExp(`${proxy.port} answered ${status.slice(0, 3)}`),
    );
  });
}

test('a proxy that is not there, is silent or closes is told by its name', async () => {
  const gone = await rawServer(() => {});
  await gone.close();
  const refused = await through(gone, { url: 'https://shop.test/' });
  assert.equal(refused.fault?.code, 'CONNECT_REFUSED');
  assert.match(refused.fault?.message ?? '', /At the proxy 127\.0\.0\.1/);
  const silent = await serve(() => {});
  const late = await through(silent, { url: 'https://shop.test/', timeoutMs: 200 });
  assert.deepEqual([late.status, late.fault?.phase], ['timeout', 'connect']);
  const closing = await serve((socket) => socket.once('data', () => socket.end()));
  const closed = await through(closing, { url: 'https://shop.test/' });
  assert.deepEqual([closed.fault?.code, closed.fault?.phase], ['PROTOCOL_CLOSED_EARLY', 'connect']);
});

test('the policy is asked of the proxy and of a literal target', async () => {
  const proxy = await serve(fine);
  const check = (url: string) =>
    httpCheck({ url, proxy: { url: `http://127.0.0.1:${proxy.port}`, headers: {} } });
  const egress = { deny: ['169.254.0.0/16'], allow: [] };
  const literal = await probeOnce(check('http://169.254.169.254/'), { egress });
  assert.equal(literal.fault?.code, 'PROBER_EGRESS_DENIED');
  const named = await probeOnce(check('http://shop.test/'), {
    egress: { deny: ['127.0.0.0/8'], allow: [] },
  });
  assert.equal(named.fault?.code, 'PROBER_EGRESS_DENIED');
  assert.equal(proxy.requests.length, 0);
});

test('a pool keeps the tunnel', async () => {
  const keep = (socket: Socket) => socket.on('data', () => socket.write(answerText('200 OK')));
  const target = await serve(keep, { tls: good });
  const proxy = await serve(tunnel);
  const pool = { name: 'p', idleMax: 4, idlePerHostMax: 4, perHostMax: 4, idleTimeoutMs: 9000 };
  const check = httpCheck({
    url: target.url(),
    tls: TRUSTING,
    pool,
    proxy: { url: proxy.url(''), headers: {} },
  });
  const runner = createProbeRunner(RUNNER_OPTIONS);
  const first = await runner.run(check, PLAN);
  const second = await runner.run(check, PLAN);
  await runner.close();
  assert.deepEqual([first.status, second.status, proxy.requests.length], ['up', 'up', 1]);
  assert.deepEqual([second.context.reused, second.context.proxy], [true, first.context.proxy]);
});

test('whatever a proxy answers to CONNECT, the run ends with a clear fault', async () => {
  let answer = Buffer.alloc(0);
  const proxy = await serve((socket) => socket.once('data', () => socket.end(answer)));
  const runner = createProbeRunner(RUNNER_OPTIONS);
  const lines = fc.constantFrom('HTTP/1.1 200 OK\r\n', 'HTTP/1.1 2', 'A: b\r\n', '\r\n', 'X');
  const bytes = fc.oneof(
    fc.array(lines, { maxLength: 8 }).map((parts) => Buffer.from(parts.join(''))),
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (given) => {
      answer = given;
      const wish = { url: 'https://shop.test/', proxy: { url: proxy.url(''), headers: {} } };
      const result = await runner.run(httpCheck({ ...wish, timeoutMs: 3000 }), PLAN);
      assert.equal(result.status, 'down', result.fault?.message ?? '');
      assert.notEqual(result.fault?.class, 'prober', result.fault?.message ?? '');
    }),
    { numRuns: 150 },
  );
  await runner.close();
  await until(() => countOfSockets() === 0);
});
