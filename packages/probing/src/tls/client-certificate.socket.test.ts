// Mutual TLS on real sockets: we show who we are, the key is read at each run, and whoever refuses us
// is told apart from whoever does not speak TLS.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SecureVersion, TLSSocket } from 'node:tls';
import type { ProbeResult } from '@holdfast/resources/result';
import type { ProbeRunnerOptions } from '../probe-runner.ts';
import { testCertificates } from '../testing/certificates.ts';
import { httpCheck, probeOnce } from '../testing/checks.ts';
import { answering, answerText, type Behaviour, rawServer } from '../testing/raw-server.ts';
import { secureContextFor } from './secure-context.ts';

const { ca, good, wrongName, selfSigned } = await testCertificates();
const KEY_FILE = '/etc/probe.key';
const PLACEHOLDER = `\${file:${KEY_FILE}}`;
const VERSIONS: SecureVersion[] = ['TLSv1.2', 'TLSv1.3'];

interface Peer {
  result: ProbeResult;
  /** Common names that clients showed. */
  seen: unknown[];
}

async function probe(
  maxVersion: SecureVersion,
  client: { certificate: string; key: string } | undefined,
  options: Partial<ProbeRunnerOptions> = {},
): Promise<Peer> {
  const seen: unknown[] = [];
  const answer = answering(() => answerText('200 OK'));
  const behave: Behaviour = (socket, server) => {
    seen.push((socket as TLSSocket).getPeerCertificate().subject?.CN);
    answer(socket, server);
  };
  const tls = { ...good, ca, requestCert: true, rejectUnauthorized: true, maxVersion };
  const server = await rawServer(behave, { tls });
  const spec = { verify: true, ca, ...(client === undefined ? {} : { client }) };
  const result = await probeOnce(httpCheck({ url: server.url(), tls: spec }), options);
  await server.close();
  return { result, seen };
}

for (const version of VERSIONS) {
  test(`${version}: a server that asks who we are is told`, async () => {
    const client = { certificate: wrongName.cert, key: PLACEHOLDER };
    const { result, seen } = await probe(version, client, { readFile: () => wrongName.key });
    assert.deepEqual([result.status, seen], ['up', ['other.test']], result.fault?.message ?? '');
    assert.equal(result.context.tls?.version, version);
    assert.ok(!JSON.stringify(result).includes(wrongName.key.slice(40, 80)));
  });
}

test('TLS 1.3: a refusal that comes after the handshake is told as one', async () => {
  const { result, seen } = await probe('TLSv1.3', undefined);
  assert.deepEqual([result.status, result.fault?.code], ['down', 'TLS_CLIENT_REFUSED']);
  assert.match(result.fault?.message ?? '', /certificate_required: it wants a client certificate/);
  assert.notEqual(result.fault?.phase, 'tls');
  assert.deepEqual([seen, result.context.tls?.verified], [[], true]);
});

test('TLS 1.2: a refusal within the handshake names the client certificate', async () => {
  const { result } = await probe('TLSv1.2', undefined);
  assert.deepEqual(
    [result.status, result.fault?.code, result.fault?.phase],
    ['down', 'TLS_HANDSHAKE_FAILED', 'tls'],
  );
  assert.match(result.fault?.message ?? '', /handshake_failure: .*wants a client certificate/);
});

test('a certificate that the server does not trust is down, never our own fault', async () => {
  for (const version of VERSIONS) {
    const client = { certificate: selfSigned.cert, key: selfSigned.key };
    const { result, seen } = await probe(version, client);
    assert.deepEqual([result.status, seen], ['down', []], version);
  }
});

/** By number, as RFC 8446 section 6 has them. */
const ALERTS: [number, string, RegExp][] = [
  [42, 'TLS_CLIENT_REFUSED', /does not take the client certificate/],
  [43, 'TLS_CLIENT_REFUSED', /of this type/],
  [44, 'TLS_CLIENT_REFUSED', /revoked/],
  [45, 'TLS_CLIENT_REFUSED', /has expired/],
  [46, 'TLS_CLIENT_REFUSED', /does not tell/],
  [48, 'TLS_CLIENT_REFUSED', /does not know the authority/],
  [49, 'TLS_CLIENT_REFUSED', /does not let its owner in/],
  [116, 'TLS_CLIENT_REFUSED', /got none/],
  [40, 'TLS_HANDSHAKE_FAILED', /handshake_failure: /],
  [70, 'TLS_HANDSHAKE_FAILED', /no version in common/],
  [80, 'TLS_HANDSHAKE_FAILED', /internal_error\./],
  [112, 'TLS_HANDSHAKE_FAILED', /server name/],
];
test('each alert is told in words', async () => {
  for (const [number, code, words] of ALERTS) {
    const alert = Buffer.from([21, 3, 3, 0, 2, 2, number]);
    const server = await rawServer((socket) => socket.once('data', () => socket.end(alert)));
    const { fault } = await probeOnce(httpCheck({ url: `https://127.0.0.1:${server.port}/` }));
    await server.close();
    assert.equal(fault?.code, code, `${number}: ${fault?.message}`);
    assert.match(fault?.message ?? '', words);
  }
});

test('a host that we are redirected to is not shown who we are', async () => {
  const seen: unknown[] = [];
  const asking = (answer: string): Behaviour => {
    const behave = answering(() => answer);
    return (socket, server) => {
      seen.push((socket as TLSSocket).getPeerCertificate().subject?.CN);
      behave(socket, server);
    };
  };
  const tls = { ...good, ca, requestCert: true, rejectUnauthorized: false };
  const second = await rawServer(asking(answerText('200 OK')), { tls });
  const location = `Location: https://localhost:${second.port}/`;
  const first = await rawServer(asking(answerText('302 Found', [location])), { tls });
  const client = { certificate: wrongName.cert, key: wrongName.key };
  const check = httpCheck({ url: first.url(), tls: { verify: true, ca, client } });
  const { status, fault } = await probeOnce(check);
  await first.close();
  await second.close();
  assert.deepEqual([status, seen], ['up', ['other.test', undefined]], fault?.message ?? '');
});

test('a key that was renewed counts from the next run on', async () => {
  const files = [wrongName.key, good.key];
  const readFile = () => files.shift() ?? '';
  const client = { certificate: wrongName.cert, key: PLACEHOLDER };
  assert.equal((await probe('TLSv1.3', client, { readFile })).result.status, 'up');
  const { fault, status } = (await probe('TLSv1.3', client, { readFile })).result;
  assert.deepEqual([status, fault?.code], ['invalid', 'PROBER_INVALID_CHECK']);
  assert.match(fault?.message ?? '', /not the key of the certificate/);
});

test('a key that is not there, and one that is none, are faults of the check', async () => {
  const readFile = () => {
    throw Object.assign(new Error('gone'), { code: 'ENOENT' });
  };
  const client = { certificate: good.cert, key: PLACEHOLDER };
  const { fault: missing } = (await probe('TLSv1.3', client, { readFile })).result;
  assert.equal(missing?.code, 'PROBER_SECRET_MISSING');
  const garbage = { certificate: good.cert, key: 'neither PEM nor key' };
  const { fault, status } = (await probe('TLSv1.3', garbage)).result;
  assert.deepEqual([status, fault?.code], ['invalid', 'PROBER_INVALID_CHECK']);
  assert.match(fault?.message ?? '', /private key in tls\.client/);
  assert.ok(!fault?.message.includes('neither'));
});

test('what a peer says while the key is being read is not lost', async () => {
  const server = await rawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
  const client = { certificate: good.cert, key: PLACEHOLDER };
  let asked = 0;
  const readFile = async () => {
    asked += 1;
    const turns = 20;
    for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
    return good.key;
  };
  const url = `https://127.0.0.1:${server.port}/`;
  const check = httpCheck({ url, tls: { verify: true, ca, client }, timeoutMs: 5_000 });
  const { fault } = await probeOnce(check, { readFile });
  await server.close();
  assert.deepEqual([fault?.code, asked], ['TLS_HANDSHAKE_FAILED', 1], fault?.message ?? '');
});

test('a run that is called off while the key is being read leaves nothing behind', async () => {
  const server = await rawServer(() => {});
  const reading = Promise.withResolvers<void>();
  const readFile = () => {
    reading.resolve();
    return new Promise<string>(() => {});
  };
  const client = { certificate: good.cert, key: PLACEHOLDER };
  const stop = new AbortController();
  const run = probeOnce(
    httpCheck({ url: `https://127.0.0.1:${server.port}/`, tls: { verify: true, ca, client } }),
    { readFile },
    stop.signal,
  );
  await reading.promise;
  stop.abort();
  assert.equal((await run).fault?.code, 'PROBER_CALLED_OFF');
  await server.close();
});

test('one context is kept for each certificate and key', () => {
  const client = { certificate: good.cert, key: good.key };
  const first = secureContextFor(ca, 'modern', client);
  assert.equal(secureContextFor(ca, 'modern', { ...client }), first);
  assert.notEqual(secureContextFor(ca, 'modern'), first);
  assert.notEqual(secureContextFor(ca, 'old', client), first);
});
