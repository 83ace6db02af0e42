// The audit of verifications and the pluggable policy, as a runner hands them to every kind of check.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '@holdfast/kernel';
import { HEALTH_PATH } from '../grpc/call-plan.ts';
import { grpcSpec } from '../grpc/testing/grpc-probe.ts';
import { grpcServer, unary } from '../grpc/testing/grpc-server.ts';
import { createProbeRunner, type ProbeRunnerOptions } from '../probe-runner.ts';
import { testCertificates } from '../testing/certificates.ts';
import { checkOf, httpCheck, PLAN, probeOnce, RUNNER_OPTIONS } from '../testing/checks.ts';
import { answering, answerText, rawServer } from '../testing/raw-server.ts';
import { authority, issue } from '../tls-kind/testing/authority.ts';
import { ocspAnswer } from '../tls-kind/testing/ocsp-maker.ts';
import { tlsServer, tlsSpec } from '../tls-kind/testing/tls-checks.ts';
import { strictPolicy, type TlsPolicy } from '../tls-kind/tls-policy.ts';
import type { TlsAuditEntry } from './tls-audit.ts';

const { ca, good, expired } = await testCertificates();

async function overHttps(options: Partial<ProbeRunnerOptions>, certificate = good, verify = true) {
  const server = await rawServer(
    answering(() => answerText('200 OK')),
    { tls: certificate },
  );
  const check = httpCheck({ url: server.url(), tls: { verify, ca } });
  const result = await probeOnce(check, options);
  await server.close();
  return result;
}

test('each verification of each kind is told with its check, good or bad', async () => {
  const entries: TlsAuditEntry[] = [];
  const audit = (entry: TlsAuditEntry) => entries.push(entry);
  await overHttps({ audit });
  await overHttps({ audit }, expired);
  await overHttps({ audit }, expired, false);
  const tls = await tlsServer(good);
  await probeOnce(checkOf(tlsSpec({ port: tls.port, tls: { verify: true, ca } }), ''), { audit });
  tls.close();
  const grpc = await grpcServer({ [HEALTH_PATH]: unary(() => Buffer.from([8, 1])) }, good);
  const spec = grpcSpec({ port: grpc.port, secure: true, tls: { verify: true, ca } });
  await probeOnce(checkOf(spec, ''), { audit });
  await grpc.close();
  assert.deepEqual(
    entries.map(({ policy, trusted, enforced, faultCode }) => [
      policy,
      trusted,
      enforced,
      faultCode,
    ]),
    [
      ['chain and name', true, true, undefined],
      ['chain and name', false, true, 'TLS_CERTIFICATE_EXPIRED'],
      ['chain and name', false, false, 'TLS_CERTIFICATE_EXPIRED'],
      ['strict', true, true, undefined],
      ['chain and name', true, true, undefined],
    ],
  );
  for (const entry of entries) {
    const { namespace, check, peerIp, serverName, version, issuer, fingerprint256 } = entry;
    assert.deepEqual(
      [namespace, check, peerIp, serverName, version, issuer],
      ['default', 'check', '127.0.0.1', '127.0.0.1', 'TLSv1.3', 'CN=Test authority'],
    );
    assert.match(fingerprint256 ?? '', /^[0-9a-f]{64}$/);
    assert.ok(entry.verificationMs >= 0 && entry.peerPort > 0);
  }
});

test('a failed handshake has no verification to tell of', async () => {
  const entries: TlsAuditEntry[] = [];
  const server = await rawServer((socket) => socket.once('data', () => socket.end('no TLS')));
  const check = httpCheck({ url: `https://127.0.0.1:${server.port}/` });
  await probeOnce(check, { audit: (entry) => entries.push(entry) });
  await server.close();
  assert.deepEqual(entries, []);
});

test('a policy of the runner decides for https too, on all that the handshake showed', async () => {
  const refusing: TlsPolicy = {
    name: 'no P-256',
    verify: ({ tls }) => ({
      trusted: false,
      fault: fault('TLS_CERTIFICATE_WEAK', `It has ${tls.chain[0]?.publicKey}.`, 'tls'),
    }),
  };
  const entries: TlsAuditEntry[] = [];
  const audit = (entry: TlsAuditEntry) => entries.push(entry);
  const { status, fault: found } = await overHttps({ tlsPolicy: refusing, audit });
  assert.deepEqual([status, found?.message], ['down', 'It has EC prime256v1.']);
  assert.deepEqual([entries[0]?.policy, entries[0]?.trusted], ['no P-256', false]);
  const trusting: TlsPolicy = { name: 'all', verify: () => ({ trusted: true }) };
  const { status: up, context } = await overHttps({ tlsPolicy: trusting }, expired);
  assert.deepEqual([up, context.tls?.verified], ['up', true]);
});

test('the strict policy over https believes staples, and remembers them', async () => {
  const issuer = await authority();
  const leaf = await issue({ issuer });
  const staples = [ocspAnswer({ leaf, issuer, status: 'revoked' })];
  const server = await tlsServer({ cert: leaf.cert, key: leaf.key }, () => staples.shift());
  const entries: TlsAuditEntry[] = [];
  const audit = (entry: TlsAuditEntry) => entries.push(entry);
  const runner = createProbeRunner({ ...RUNNER_OPTIONS, tlsPolicy: strictPolicy, audit });
  const url = `https://127.0.0.1:${server.port}/`;
  const check = httpCheck({ url, tls: { verify: true, ca: issuer.cert } });
  for (const _ of ['stapled', 'remembered']) {
    const { fault: found } = await runner.run(check, PLAN);
    assert.equal(found?.code, 'TLS_CERTIFICATE_REVOKED', found?.message ?? '');
  }
  await runner.close();
  server.close();
  assert.deepEqual(
    entries.map(({ revocation }) => revocation),
    ['revoked', 'revoked'],
  );
});
