import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeLeader, encodeLeader } from './leader-record.ts';
import { signedProof } from './lease-proof.ts';

const claims = { role: 'r', holder: 'a', lease: '1', term: '2', issuedAtMs: 3, ttlMs: 4 };
const record = {
  id: 'a',
  url: 'http://a',
  sinceMs: 3,
  proof: signedProof(claims, Buffer.alloc(32)),
};

test('what was written is read again', () => {
  assert.deepEqual(decodeLeader(encodeLeader(record)), record);
});

test('a record that lacks a part is refused', () => {
  const parts = [
    ...Object.keys(record),
    ...Object.keys(record.proof).map((part) => `proof.${part}`),
  ];
  for (const part of parts.filter((name) => name !== 'proof.term')) {
    const lacking = structuredClone(record) as Record<string, unknown>;
    const inner = lacking.proof as Record<string, unknown>;
    if (part.startsWith('proof.')) delete inner[part.slice(6)];
    else delete lacking[part];
    assert.throws(() => decodeLeader(Buffer.from(JSON.stringify(lacking))), TypeError, part);
  }
});

test('garbage is an error and nothing else', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (value) => {
        try {
          decodeLeader(value);
          return false;
        } catch (error) {
          return error instanceof TypeError || error instanceof SyntaxError;
        }
      },
    ),
  );
});
