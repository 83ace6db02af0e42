import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type LeaseProof, proofFault, signedProof } from './lease-proof.ts';

const KEY = Buffer.alloc(32, 7);
const CLAIMS = {
  role: 'control',
  holder: 'a',
  lease: '12',
  term: '34',
  issuedAtMs: 1_000,
  ttlMs: 10,
};
const proof = signedProof(CLAIMS, KEY);
const fault = (changed: Partial<LeaseProof>, wallMs = 1_000, key = KEY) =>
  proofFault({ ...proof, ...changed }, CLAIMS, key, wallMs);

test('it holds until it expires', () => {
  assert.equal(fault({}), undefined);
  assert.equal(fault({}, 1_009), undefined);
  assert.equal(fault({}, 1_010), 'expired');
});

test('another key, or a changed word, is forged', () => {
  assert.equal(fault({}, 1_000, Buffer.alloc(32, 8)), 'forged');
  for (const changed of [
    { role: 'other' },
    { holder: 'b' },
    { lease: '13' },
    { term: '35' },
    { issuedAtMs: 2_000 },
    { ttlMs: 1e9 },
    { signature: '' },
    { signature: `${proof.signature}AAAA` },
  ])
    assert.equal(fault(changed), 'forged');
});

test('what was signed for another is foreign', () => {
  for (const other of [{ role: 'b' }, { holder: 'b' }, { lease: '1' }, { term: '1' }]) {
    const theirs = signedProof({ ...CLAIMS, ...other }, KEY);
    assert.equal(proofFault(theirs, CLAIMS, KEY, 1_000), 'foreign');
  }
  const { term: _, ...claim } = CLAIMS;
  assert.equal(proofFault(signedProof(claim, KEY), CLAIMS, KEY, 1_000), 'foreign');
});

test('no garbage passes for a signature', () => {
  fc.assert(
    fc.property(fc.string(), (signature) => {
      fc.pre(signature !== proof.signature);
      const isSame = Buffer.from(signature, 'base64url').equals(
        Buffer.from(proof.signature, 'base64url'),
      );
      assert.equal(fault({ signature }), isSame ? undefined : 'forged');
    }),
  );
});
