import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessToken, hashToken } from './access.ts';

test('a token is all its bytes behind a prefix, and its hash is SHA-256 as other tools make it', () => {
  const token = accessToken(Uint8Array.from({ length: 32 }, (_, index) => index));
  assert.equal(token, 'hf_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8');
  // FIPS 180-4, the example of one block.
  assert.equal(
    hashToken('abc'),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  assert.throws(() => accessToken(new Uint8Array(16)), /32 bytes/);
});
