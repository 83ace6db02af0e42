// Staples over real handshakes: asked for, believed or not, judged, and remembered.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authority, issue } from './testing/authority.ts';
import { type OcspWish, ocspAnswer } from './testing/ocsp-maker.ts';
import { probeTls, type RunWish, tlsServer } from './testing/tls-checks.ts';
import { createTlsProber } from './tls-prober.ts';

const issuer = await authority();
const leaf = await issue({ issuer });
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const responder = await issue({ issuer, name: 'Responder', names: [], purposes: [OCSP_SIGNING] });
const HOUR_MS = 3_600_000;

interface Wish extends RunWish {
  staple?: boolean;
  verify?: boolean;
  version?: 'TLSv1.2' | 'TLSv1.3';
  /** Without the issuer, as servers do whose issuer is a root. */
  leafOnly?: boolean;
}

/** `answer` undefined: nothing is stapled. */
async function probe(answer: Partial<OcspWish> | undefined, wish: Wish = {}) {
  const { staple = true, verify = true, version = 'TLSv1.3', leafOnly = false, ...run } = wish;
  const cert = leafOnly ? leaf.certificate.toString() : leaf.cert;
  const server = await tlsServer({ cert, key: leaf.key, maxVersion: version }, () =>
    answer === undefined ? undefined : ocspAnswer({ leaf, issuer, ...answer }),
  );
  try {
    const tls = { verify, ca: issuer.cert };
    const result = await probeTls({ port: server.port, tls, expect: { staple } }, run);
    return { ...result, ocsp: result.detail.ocsp as Record<string, unknown> };
  } finally {
    server.close();
  }
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a good staple over ${version}`, async () => {
    const { status, fault, ocsp } = await probe({}, { version });
    assert.equal(status, 'up', fault?.message ?? '');
    const { produced_at, this_update, next_update, ...facts } = ocsp;
    assert.deepEqual(facts, { stapled: true, status: 'good', cached: false });
    for (const at of [produced_at, this_update, next_update]) assert.match(String(at), /^20.*Z$/);
  });
}

test('a delegated responder, and an issuer that the server does not show', async () => {
  const delegated = await probe({ signer: responder, certificates: [responder] });
  assert.equal(delegated.status, 'up', delegated.fault?.message ?? '');
  const leafOnly = await probe({}, { leafOnly: true });
  assert.deepEqual([leafOnly.status, leafOnly.ocsp.status], ['up', 'good']);
});

test('a revoked certificate is down, whether a staple was wanted or not', async () => {
  for (const staple of [true, false]) {
    const { status, fault, detail } = await probe({ status: 'revoked' }, { staple });
    assert.deepEqual([status, fault?.class, detail.verified], ['down', 'tls', false]);
    assert.match(fault?.message ?? '', /revoked: the stapled OCSP answer/);
  }
  const unverified = await probe({ status: 'revoked' }, { verify: false, staple: false });
  assert.deepEqual([unverified.status, unverified.detail.verified], ['up', false]);
});

const NOT_GOOD: [string, Partial<OcspWish> | undefined, RegExp][] = [
  ['no staple', undefined, /no OCSP answer was stapled/],
  ['a stale one', { nextUpdateMs: Date.now() - HOUR_MS }, /not believed: it was valid until/],
  ['a badly signed one', { breakSignature: true }, /not believed: its signature/],
  ['one that does not know', { status: 'unknown' }, /says unknown/],
];
for (const [name, answer, message] of NOT_GOOD) {
  test(`${name} is a fault where a staple is wanted, and only told elsewhere`, async () => {
    const { status, fault } = await probe(answer);
    assert.deepEqual([status, fault?.class], ['down', 'tls']);
    assert.match(fault?.message ?? '', message);
    const told = await probe(answer, { staple: false });
    assert.equal(told.status, 'up', told.fault?.message ?? '');
  });
}

test('an answer believed earlier stands in for a missing staple', async () => {
  const prober = createTlsProber();
  await probe({}, { prober });
  const { status, ocsp } = await probe(undefined, { prober });
  assert.deepEqual([status, ocsp.stapled, ocsp.status, ocsp.cached], ['up', false, 'good', true]);
  const bad = await probe({ breakSignature: true }, { prober });
  assert.match(bad.fault?.message ?? '', /not believed/, 'but not for a bad one');
  await probe({ status: 'revoked' }, { prober });
  const hidden = await probe(undefined, { prober, staple: false });
  assert.match(hidden.fault?.message ?? '', /revoked: an OCSP answer stapled earlier/);
});
