// The tls prober against real servers: what is seen is told whatever is wrong, and each wrong has its
// fault.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TlsOptions } from 'node:tls';
import { GOOD_DAYS, type ServerCertificate, testCertificates } from '../testing/certificates.ts';
import { type Behaviour, rawServer } from '../testing/raw-server.ts';
import type { TlsAuditRecord } from '../tls/tls-audit.ts';
import { authority, issue, longChain } from './testing/authority.ts';
import { probeTls, type RunWish, type TlsWish, tlsServer } from './testing/tls-checks.ts';
import { createTlsProber } from './tls-prober.ts';

const certificates = await testCertificates();
const { ca, good } = certificates;
const tls = { verify: true, ca };
/** A socket left open would keep the test waiting. */
const ENDS = { timeout: 10_000 };
const NOBODY_VERIFIES = { verify: false, ca };
/** What OpenSSL lets a server do that is not meant to be secure. */
const OLD = { ciphers: 'DEFAULT:@SECLEVEL=0' };

async function probe(server: TlsOptions, wish: Partial<TlsWish> = {}, run: RunWish = {}) {
  const target = await tlsServer(server);
  try {
    return await probeTls({ port: target.port, tls, ...wish }, run);
  } finally {
    target.close();
  }
}

test('a good server: all that the handshake shows', async () => {
  const { status, fault, detail, phases, context, totalMs } = await probe(
    { ...good, ALPNProtocols: ['h2', 'http/1.1'] },
    { host: 'localhost', alpn: ['http/1.1'], expect: { certificateDays: GOOD_DAYS - 1 } },
  );
  assert.equal(status, 'up', fault?.message ?? '');
  const { marks, verification_ms, certificate_days, ...facts } = detail;
  assert.deepEqual(facts, {
    tls_version: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    key_exchange: 'X25519MLKEM768',
    alpn: 'http/1.1',
    session_reused: false,
    verified: true,
    chain_length: 2,
    san: ['DNS:localhost', 'IP:127.0.0.1'],
    san_count: 2,
    ocsp: { stapled: false, cached: false },
  });
  assert.ok(Math.abs(Number(certificate_days) - GOOD_DAYS) < 0.1);
  const { certificate_received_ms, keys_agreed_ms, chain_verified_ms } = marks as Record<
    string,
    number
  >;
  const tlsMs = phases.find(({ name }) => name === 'tls')?.durationMs ?? 0;
  assert.ok(Number(keys_agreed_ms) > 0 && Number(keys_agreed_ms) <= tlsMs + 1);
  assert.ok(Number(certificate_received_ms) <= tlsMs + 1);
  assert.ok(Number(chain_verified_ms) >= Number(certificate_received_ms));
  assert.ok(Number(verification_ms) > 0);
  assert.deepEqual(
    phases.map(({ name }) => name),
    ['resolve', 'connect', 'tls'],
  );
  assert.ok(phases.reduce((sum, { durationMs }) => sum + durationMs, 0) <= totalMs);
  assert.deepEqual([context.tls?.verified, context.tls?.chain.length], [true, 2]);
});

const BAD: [keyof typeof certificates, string, RegExp][] = [
  ['expired', 'TLS_CERTIFICATE_EXPIRED', /expired at 20/],
  ['notYetValid', 'TLS_CERTIFICATE_NOT_YET_VALID', /valid from 20/],
  ['selfSigned', 'TLS_CERTIFICATE_UNTRUSTED', /self-signed/],
  ['wrongName', 'TLS_NAME_MISMATCH', /for other\.test, not for 127\.0\.0\.1/],
];
for (const [name, code, message] of BAD) {
  const certificate = certificates[name] as ServerCertificate;
  test(`${name} is ${code}, and what was seen is told`, async () => {
    const { status, fault, detail, context } = await probe(certificate);
    assert.deepEqual([status, fault?.code, fault?.phase], ['down', code, 'tls']);
    assert.match(fault?.message ?? '', message);
    assert.deepEqual([detail.verified, detail.verify_error], [false, fault?.message]);
    assert.deepEqual([detail.tls_version, context.tls?.verified], ['TLSv1.3', false]);
  });

  test(`${name} without verify is up, and still told`, async () => {
    const { status, detail } = await probe(certificate, { tls: NOBODY_VERIFIES });
    assert.deepEqual([status, detail.verified], ['up', false]);
    assert.match(String(detail.verify_error), message);
  });
}

test('an authority that is not trusted', async () => {
  const { fault } = await probe(good, { tls: { verify: true } });
  assert.equal(fault?.code, 'TLS_CERTIFICATE_UNTRUSTED');
});

test('days left are judged', async () => {
  const { fault } = await probe(good, { expect: { certificateDays: GOOD_DAYS + 1 } });
  assert.equal(fault?.code, 'ASSERTION_CERTIFICATE');
});

test('old versions are seen and judged', async () => {
  for (const version of ['TLSv1', 'TLSv1.1'] as const) {
    const server = { ...good, ...OLD, minVersion: version, maxVersion: version };
    const refused = await probe(server);
    assert.deepEqual([refused.status, refused.detail.tls_version], ['down', version]);
    assert.match(
      refused.fault?.message ?? '',
      new RegExp(`speaks ${version}, wanted at least TLSv1.2`),
    );
    const expect = { versionMin: version, weakCiphers: true };
    assert.equal((await probe(server, { expect })).status, 'up');
  }
  const newer = await probe(
    { ...good, maxVersion: 'TLSv1.2' },
    { expect: { versionMin: 'TLSv1.3' } },
  );
  assert.match(newer.fault?.message ?? '', /speaks TLSv1.2, wanted at least TLSv1.3/);
});

test('a weak suite is named, and may be let pass', async () => {
  const rsa = await issue({ rsaBits: 2048 });
  const server = {
    cert: rsa.cert,
    key: rsa.key,
    maxVersion: 'TLSv1.2',
    ciphers: 'AES128-SHA',
  } as const;
  const trusting = { tls: { verify: true, ca: rsa.cert } };
  const { status, fault, detail } = await probe(server, trusting);
  assert.deepEqual([status, fault?.class, detail.key_exchange], ['down', 'tls', 'RSA']);
  assert.match(fault?.message ?? '', /TLS_RSA_WITH_AES_128_CBC_SHA is weak/);
  const allowed = await probe(server, { ...trusting, expect: { weakCiphers: true } });
  assert.equal(allowed.status, 'up', allowed.fault?.message ?? '');
});

test('keys and signatures that OpenSSL lets pass for the sake of looking are not trusted', async () => {
  const short = await issue({ rsaBits: 1024 });
  const shortKey = await probe(
    { ...OLD, cert: short.cert, key: short.key },
    { tls: { verify: true, ca: short.cert } },
  );
  assert.equal(shortKey.fault?.code, 'TLS_CERTIFICATE_WEAK');
  assert.match(shortKey.fault?.message ?? '', /RSA 1024\) is too short/);
  const issuer = await issue({ name: 'RSA authority', names: [], authority: true, rsaBits: 2048 });
  const sha1 = await issue({ issuer, hash: 'SHA-1' });
  const forged = await probe(
    { ...OLD, cert: sha1.cert, key: sha1.key },
    { tls: { verify: true, ca: issuer.cert } },
  );
  assert.equal(forged.fault?.code, 'TLS_CERTIFICATE_WEAK');
  assert.match(forged.fault?.message ?? '', /sha1WithRSAEncryption, which can be forged/);
});

test('rules see the detail and the days', async () => {
  const that = [
    'detail.tls_version == "TLSv1.3" && detail.chain_length == 2',
    '!detail.ocsp.stapled && "DNS:localhost" in detail.san',
    'certificate_days > 10 && total_ms < 10000 && phases.tls > 0 && target.startsWith("127.0.0.1:")',
  ];
  const held = await probe(good, { expect: { that } });
  assert.equal(held.status, 'up', held.fault?.message ?? '');
  const { fault } = await probe(good, { expect: { that: ['detail.alpn == "h2"'] } });
  assert.equal(fault?.code, 'ASSERTION_RULE');
});

test('a certificate without names', async () => {
  const issuer = await authority();
  const nameless = await issue({ issuer, name: '', names: [] });
  const trusting = { tls: { verify: true, ca: issuer.cert } };
  const { status, fault, detail } = await probe(
    { cert: nameless.cert, key: nameless.key },
    trusting,
  );
  assert.deepEqual([status, fault?.code], ['down', 'TLS_NAME_MISMATCH']);
  assert.match(fault?.message ?? '', /for no name/);
  assert.deepEqual([detail.san, detail.san_count], [[], 0]);
});

test('a chain of 100 certificates', async () => {
  const { ca: root, leaf } = await longChain(100);
  const startMs = performance.now();
  const result = await probe(
    { cert: leaf.cert, key: leaf.key },
    { tls: { verify: true, ca: root } },
  );
  assert.ok(performance.now() - startMs < 2000, 'in bounded time');
  assert.equal(result.status, 'up', result.fault?.message ?? '');
  assert.equal(result.detail.chain_length, 100);
  assert.equal(result.context.tls?.chain.length, 10);
});

test('a chain that is longer than OpenSSL takes is a clear fault', async () => {
  const { ca: root, leaf } = await longChain(110);
  const result = await probe(
    { cert: leaf.cert, key: leaf.key },
    { tls: { verify: true, ca: root } },
  );
  assert.deepEqual([result.status, result.fault?.class], ['down', 'tls']);
  assert.match(result.fault?.message ?? '', /CERT_CHAIN_TOO_LONG|issuer is not known/);
});

test('each verification is told to the audit log, whatever its outcome', async () => {
  const records: TlsAuditRecord[] = [];
  const audit = (record: TlsAuditRecord) => records.push(record);
  await probe(good, {}, { audit });
  await probe(certificates.expired, {}, { audit });
  await probe(certificates.expired, { tls: NOBODY_VERIFIES }, { audit });
  assert.deepEqual(
    records.map(({ policy, trusted, enforced, faultCode }) => [
      policy,
      trusted,
      enforced,
      faultCode,
    ]),
    [
      ['strict', true, true, undefined],
      ['strict', false, true, 'TLS_CERTIFICATE_EXPIRED'],
      ['strict', false, false, 'TLS_CERTIFICATE_EXPIRED'],
    ],
  );
  assert.match(records[0]?.fingerprint256 ?? '', /^[0-9a-f]{64}$/);
  assert.equal(records[0]?.issuer, 'CN=Test authority');
});

test('another policy decides instead', async () => {
  const prober = createTlsProber({
    policy: { name: 'anything goes', verify: () => ({ trusted: true }) },
  });
  const { status, detail, context } = await probe(certificates.expired, {}, { prober });
  assert.deepEqual([status, detail.verified, context.tls?.verified], ['up', true, true]);
  assert.equal(detail.verify_error, undefined);
});

test('nothing is said over the secured connection, and it is closed', ENDS, async () => {
  let said = 0;
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const behave: Behaviour = (socket) => {
    socket.on('data', () => {
      said += 1;
    });
    socket.on('close', () => resolve());
  };
  const server = await rawServer(behave, { tls: good });
  assert.equal((await probeTls({ port: server.port, tls })).status, 'up');
  await closed;
  await server.close();
  assert.equal(said, 0);
});

test('what does not speak TLS is a failed handshake', async () => {
  const plain = await rawServer((socket) => socket.once('data', () => socket.end('hello\r\n')));
  const { fault, detail } = await probeTls({ port: plain.port });
  await plain.close();
  assert.deepEqual([fault?.code, fault?.phase, detail], ['TLS_HANDSHAKE_FAILED', 'tls', {}]);
});

test('no way there is told as for every kind', async () => {
  const gone = await rawServer(() => {});
  await gone.close();
  const { fault, phases } = await probeTls({ port: gone.port });
  assert.deepEqual([fault?.code, phases.map(({ name }) => name)], ['CONNECT_REFUSED', ['connect']]);
});

test(
  'silence in the handshake, and an abort in the middle of it, leave no socket',
  ENDS,
  async () => {
    let heard = () => {};
    const silent = await rawServer((socket) => socket.on('data', () => heard()));
    const late = await probeTls({ port: silent.port }, { timeoutMs: 200 });
    assert.deepEqual([late.status, late.fault?.phase], ['timeout', 'tls']);
    const hello = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const controller = new AbortController();
    const running = probeTls({ port: silent.port }, { signal: controller.signal });
    await hello;
    controller.abort();
    assert.equal((await running).status, 'invalid');
    await Promise.all([...silent.open].map((socket) => once(socket, 'close')));
    await silent.close();
  },
);
