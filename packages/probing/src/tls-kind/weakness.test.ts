import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyWeakness, signatureWeakness, suiteWeakness } from './weakness.ts';

const SUITES: [
  version: string,
  suite: string,
  size: number | undefined,
  weakness: RegExp | undefined,
][] = [
  ['TLSv1.3', 'TLS_AES_128_GCM_SHA256', undefined, undefined],
  ['TLSv1.2', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 253, undefined],
  ['TLSv1.2', 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256', 256, undefined],
  ['TLSv1.2', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 253, /CBC with SHA-1/],
  ['TLSv1.2', 'TLS_RSA_WITH_AES_128_GCM_SHA256', undefined, /no forward secrecy/],
  ['TLSv1.2', 'TLS_RSA_WITH_3DES_EDE_CBC_SHA', undefined, /64 bits/],
  ['TLSv1.2', 'TLS_ECDHE_RSA_WITH_RC4_128_SHA', 253, /RC4/],
  ['TLSv1', 'TLS_RSA_EXPORT_WITH_DES40_CBC_SHA', undefined, /short on purpose/],
  ['TLSv1.2', 'TLS_ECDHE_RSA_WITH_NULL_SHA', 253, /does not encrypt/],
  ['TLSv1.2', 'TLS_DH_anon_WITH_AES_128_CBC_SHA', 2048, /not authenticated/],
];
for (const [version, suite, size, weakness] of SUITES) {
  test(`${suite}: ${weakness ?? 'nothing against it'}`, () => {
    const found = suiteWeakness(version, suite, size === undefined ? {} : { type: 'ECDH', size });
    if (weakness === undefined) assert.equal(found, undefined);
    else assert.match(found ?? '', weakness);
  });
}

test('a short Diffie-Hellman group', () => {
  const suite = 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256';
  assert.match(suiteWeakness('TLSv1.2', suite, { type: 'DH', size: 1024 }) ?? '', /only 1024 bits/);
  assert.equal(suiteWeakness('TLSv1.2', suite, { type: 'DH', size: 2048 }), undefined);
});

test('keys and signatures of certificates', () => {
  for (const key of ['RSA 2048', 'EC prime256v1', 'ED25519', 'unknown', 'RSA-PSS 3072']) {
    assert.equal(keyWeakness(key), undefined, key);
  }
  for (const key of ['RSA 1024', 'EC prime192v1', 'DSA 1024', 'RSA-PSS 1024']) {
    assert.match(keyWeakness(key) ?? '', /too short/, key);
  }
  for (const algorithm of ['sha1WithRSAEncryption', 'ecdsa-with-SHA1', 'md5WithRSAEncryption']) {
    assert.match(signatureWeakness(algorithm) ?? '', /forged/, algorithm);
  }
  for (const algorithm of ['sha256WithRSAEncryption', 'ecdsa-with-SHA384', 'ED25519', undefined]) {
    assert.equal(signatureWeakness(algorithm), undefined, algorithm ?? '');
  }
});
