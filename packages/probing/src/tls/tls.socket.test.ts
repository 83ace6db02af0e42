// TLS on real sockets: the facts are collected whatever is wrong, and each wrong has its fault.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TlsOptions } from 'node:tls';
import {
  GOOD_DAYS,
  type ServerCertificate,
  type TestCertificates,
  testCertificates,
} from '../testing/certificates.ts';
import { type HttpWish, httpCheck, probeOnce } from '../testing/checks.ts';
import { answering, answerText, type Behaviour, rawServer } from '../testing/raw-server.ts';

const certificates: TestCertificates = await testCertificates();
const { ca, good } = certificates;

interface Wish extends Partial<HttpWish> {
  certificate?: ServerCertificate;
  server?: TlsOptions;
  behave?: Behaviour;
  path?: string;
}

/** Probes `https://127.0.0.1`, or the given host on the same port. */
async function probe(
  { certificate = good, server, behave, path = '/', ...wish }: Wish,
  host = '127.0.0.1',
) {
  const target = await rawServer(behave ?? answering(() => answerText('200 OK', [], 'hello')), {
    tls: { ...certificate, ALPNProtocols: ['http/1.1'], ...server },
  });
  const url = `https://${host}:${target.port}${path}`;
  const result = await probeOnce(httpCheck({ url, tls: { verify: true, ca }, ...wish }));
  const { requests } = target;
  await target.close();
  return { ...result, requests };
}

test('a good certificate: facts of the connection and of the chain as shown', async () => {
  const { status, context, phases, detail, fault } = await probe({}, 'localhost');
  assert.equal(status, 'up', fault?.message ?? '');
  const { tls } = context;
  assert.deepEqual(
    [tls?.version, tls?.cipher, tls?.alpn, tls?.serverName, tls?.verified, tls?.verifyError],
    ['TLSv1.3', 'TLS_AES_256_GCM_SHA384', 'http/1.1', 'localhost', true, undefined],
  );
  const [leaf, authority, ...others] = tls?.chain ?? [];
  assert.match(leaf?.fingerprint256 ?? '', /^[0-9a-f]{64}$/);
  assert.deepEqual(
    [
      leaf?.subject,
      leaf?.issuer,
      leaf?.names,
      leaf?.publicKey,
      leaf?.serialNumber,
      leaf?.certificateAuthority,
    ],
    [
      'CN=localhost, O=Holdfast tests',
      'CN=Test authority',
      ['DNS:localhost', 'IP:127.0.0.1'],
      'EC prime256v1',
      '02',
      false,
    ],
  );
  assert.ok(Math.abs((leaf?.validToMs ?? 0) - Date.now() - GOOD_DAYS * 86_400_000) < 600_000);
  assert.deepEqual(
    [authority?.subject, authority?.certificateAuthority, others.length],
    ['CN=Test authority', true, 0],
  );
  assert.deepEqual(
    phases.map(({ name }) => name),
    ['resolve', 'connect', 'tls', 'write', 'wait', 'transfer'],
  );
  assert.equal(detail.body_length, 5);
  assert.ok((context.kernel?.handshakeMs ?? 0) > 0);
});

test('an address is verified as an address, and no name is sent', async () => {
  const { status, context } = await probe({});
  assert.deepEqual([status, context.tls?.serverName], ['up', undefined]);
});

const BAD: [keyof TestCertificates, string, RegExp][] = [
  ['expired', 'TLS_CERTIFICATE_EXPIRED', /expired at 20/],
  ['notYetValid', 'TLS_CERTIFICATE_NOT_YET_VALID', /valid from 20/],
  ['selfSigned', 'TLS_CERTIFICATE_UNTRUSTED', /self-signed/],
  ['wrongName', 'TLS_NAME_MISMATCH', /for other\.test, not for 127\.0\.0\.1/],
];
for (const [name, code, message] of BAD) {
  const certificate = certificates[name] as ServerCertificate;
  test(`${name} is ${code}, told with the facts, and nothing is sent`, async () => {
    const { status, fault, context, phases, requests } = await probe({ certificate });
    assert.deepEqual(
      [status, fault?.class, fault?.code, fault?.phase],
      ['down', 'tls', code, 'tls'],
    );
    assert.match(fault?.message ?? '', message);
    assert.equal(context.tls?.verified, false);
    assert.ok((context.tls?.chain.length ?? 0) > 0);
    assert.deepEqual(
      phases.map((phase) => phase.name),
      ['connect', 'tls'],
    );
    assert.deepEqual(requests, []);
  });

  test(`${name} without verify is up, and still told`, async () => {
    const { status, context } = await probe({ certificate, tls: { verify: false, ca } });
    assert.deepEqual([status, context.tls?.verified], ['up', false]);
    assert.match(context.tls?.verifyError ?? '', message);
  });
}

test('an authority that is not among the trusted ones', async () => {
  const { fault } = await probe({ tls: { verify: true } });
  assert.equal(fault?.code, 'TLS_CERTIFICATE_UNTRUSTED');
});

test('the server name of the check is sent and verified instead of the host', async () => {
  const names: unknown[] = [];
  const server: TlsOptions = {
    SNICallback(name, done) {
      names.push(name);
      done(null);
    },
  };
  const right = await probe({ tls: { verify: true, ca, serverName: 'localhost' }, server });
  assert.deepEqual(
    [right.status, right.context.tls?.serverName, names],
    ['up', 'localhost', ['localhost']],
  );
  const wrong = await probe({ tls: { verify: true, ca, serverName: 'x.test' } });
  assert.equal(wrong.fault?.code, 'TLS_NAME_MISMATCH');
});

test('days left are judged', async () => {
  assert.equal((await probe({ expect: { certificateDays: GOOD_DAYS - 1 } })).status, 'up');
  const { fault } = await probe({ expect: { certificateDays: GOOD_DAYS + 1 } });
  assert.equal(fault?.code, 'ASSERTION_CERTIFICATE');
});

test('every probe makes a full handshake', async () => {
  const reused: boolean[] = [];
  const behave = answering(() => answerText('200 OK'));
  const server = await rawServer(
    (socket, self) => {
      reused.push((socket as unknown as { isSessionReused(): boolean }).isSessionReused());
      behave(socket, self);
    },
    { tls: { ...good, maxVersion: 'TLSv1.2' } },
  );
  const check = httpCheck({ url: server.url(), tls: { verify: true, ca } });
  const versions = [];
  for (const _ of [1, 2, 3]) versions.push((await probeOnce(check)).context.tls?.version);
  await server.close();
  assert.deepEqual(
    [reused, versions],
    [
      [false, false, false],
      ['TLSv1.2', 'TLSv1.2', 'TLSv1.2'],
    ],
  );
});

test('a large answer comes through whole', async () => {
  const body = 'x'.repeat(500_000);
  const behave = answering(() => answerText('200 OK', [], body));
  const { detail, status } = await probe({ behave, expect: { body: { contains: body } } });
  assert.deepEqual([status, detail.body_length], ['up', body.length]);
});

test('what does not speak TLS is a failed handshake', async () => {
  const plain = await rawServer((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n')),
  );
  const { fault } = await probeOnce(httpCheck({ url: `https://127.0.0.1:${plain.port}/` }));
  await plain.close();
  assert.deepEqual([fault?.code, fault?.phase], ['TLS_HANDSHAKE_FAILED', 'tls']);
  assert.match(fault?.message ?? '', /wrong version number|packet length/);
});

test('no version in common is a failed handshake', async () => {
  const { fault } = await probe({
    server: { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' },
  });
  assert.equal(fault?.code, 'TLS_HANDSHAKE_FAILED');
});

test('a close within the handshake, and a reset', async () => {
  const closing = await rawServer((socket) => socket.once('data', () => socket.end()));
  const closed = await probeOnce(httpCheck({ url: `https://127.0.0.1:${closing.port}/` }));
  await closing.close();
  assert.deepEqual([closed.fault?.code, closed.fault?.phase], ['TLS_HANDSHAKE_FAILED', 'tls']);
  const resetting = await rawServer((socket) =>
    socket.once('data', () => socket.resetAndDestroy()),
  );
  const reset = await probeOnce(httpCheck({ url: `https://127.0.0.1:${resetting.port}/` }));
  await resetting.close();
  assert.deepEqual([reset.fault?.code, reset.fault?.phase], ['CONNECT_RESET', 'tls']);
});

test('a server that is silent in the handshake is a TIMEOUT in the tls phase', async () => {
  const silent = await rawServer(() => {});
  const check = httpCheck({ url: `https://127.0.0.1:${silent.port}/`, timeoutMs: 400 });
  const { status, fault, phases } = await probeOnce(check);
  await silent.close();
  assert.deepEqual([status, fault?.phase, phases.at(-1)?.name], ['timeout', 'tls', 'tls']);
});

test('authorities that cannot be read are a fault of the check', async () => {
  const { status, fault } = await probe({
    tls: { verify: true, ca: '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----' },
  });
  assert.deepEqual([status, fault?.code], ['invalid', 'PROBER_INVALID_CHECK']);
});

test('a redirect from https to http is followed and recorded', async () => {
  const plain = await rawServer(answering(() => answerText('200 OK')));
  const behave = answering(() => answerText('302 Found', [`Location: ${plain.url('/end')}`]));
  const { status, detail, context } = await probe({ behave });
  await plain.close();
  assert.deepEqual([status, detail.redirects, detail.insecure_redirect], ['up', 1, true]);
  assert.equal(context.tls?.verified, true);
});
