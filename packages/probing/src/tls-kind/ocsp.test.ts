// OCSP answers, made and signed here: the right ones are believed, each wrong one is not and says why,
// and no bytes at all make the reader throw.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readOcspAnswer } from './ocsp-answer.ts';
import { RevocationKnowledge } from './revocation.ts';
import { authority, type Issued, issue } from './testing/authority.ts';
import { type OcspWish, ocspAnswer, ocspRefusal } from './testing/ocsp-maker.ts';

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const HOUR_MS = 3_600_000;

const issuer = await authority();
const leaf = await issue({ issuer });
const stranger = await authority('Stranger');
const responder = await issue({ issuer, name: 'Responder', names: [], purposes: [OCSP_SIGNING] });

function look(staple: Buffer | undefined, knowledge = new RevocationKnowledge(), about = leaf) {
  const issuers = [issuer.certificate];
  return knowledge.look(about.certificate, issuers, staple, Date.now());
}

function answer(wish: Partial<OcspWish> = {}): Buffer {
  return ocspAnswer({ leaf, issuer, ...wish });
}

for (const status of ['good', 'revoked', 'unknown'] as const) {
  test(`${status} is believed from the issuer`, () => {
    const { problem, ...known } = look(answer({ status }));
    assert.deepEqual(
      [problem, known.status, known.stapled, known.cached],
      [undefined, status, true, false],
    );
    assert.ok(Math.abs((known.thisUpdateMs ?? 0) - (Date.now() - HOUR_MS)) < 10_000);
    assert.ok(Math.abs((known.nextUpdateMs ?? 0) - (Date.now() + HOUR_MS)) < 10_000);
  });
}

const BELIEVED: [string, Partial<OcspWish>][] = [
  ['a responder named by its key', { responderByKey: true }],
  ['names hashed with SHA-256', { hash: 'sha256' }],
  ['no next update', { nextUpdateMs: null }],
  ['a delegated responder', { signer: responder, certificates: [responder] }],
];
for (const [name, wish] of BELIEVED) {
  test(`${name}: believed`, () => {
    const { status, problem } = look(answer(wish));
    assert.deepEqual([status, problem], ['good', undefined]);
  });
}

test('an RSA issuer', async () => {
  const rsa = await issue({ name: 'RSA authority', names: [], authority: true, rsaBits: 2048 });
  const under = await issue({ issuer: rsa });
  const staple = ocspAnswer({ leaf: under, issuer: rsa });
  const known = new RevocationKnowledge().look(
    under.certificate,
    [rsa.certificate],
    staple,
    Date.now(),
  );
  assert.deepEqual([known.status, known.problem], ['good', undefined]);
});

const expiredResponder = await issue({
  issuer,
  name: 'Old responder',
  names: [],
  purposes: [OCSP_SIGNING],
  fromDays: -9,
  toDays: -1,
});
const plain = await issue({ issuer, name: 'No responder', names: [] });
const imposter = await issue({
  issuer: stranger,
  name: 'Responder',
  names: [],
  purposes: [OCSP_SIGNING],
});
// Another authority that bears the name of ours.
const forged = await issue({
  issuer: await authority(),
  name: 'Responder',
  names: [],
  purposes: [OCSP_SIGNING],
});
const other = await issue({ issuer });
const along = (signer: Issued) => ({ signer, certificates: [signer] });
const DISBELIEVED: [string, Buffer, RegExp][] = [
  ['a broken signature', answer({ breakSignature: true }), /signature does not hold/],
  ['a stale answer', answer({ nextUpdateMs: Date.now() - HOUR_MS }), /valid until 20/],
  ['an answer of the future', answer({ thisUpdateMs: Date.now() + HOUR_MS }), /of the future/],
  ['another certificate', answer({ leaf: other }), /another certificate/],
  ['another issuer', answer({ issuer: stranger }), /another certificate/],
  ['a stranger who signs', answer(along(stranger)), /not named by the issuer/],
  ['a responder without the purpose', answer(along(plain)), /not named by the issuer/],
  ['a responder of another issuer', answer(along(imposter)), /not named by the issuer/],
  ['a responder of a forged issuer', answer(along(forged)), /not named by the issuer/],
  ['a responder that expired', answer(along(expiredResponder)), /not named by the issuer/],
  ['a responder that is not sent along', answer({ signer: responder }), /not named by the issuer/],
  ['a refusal', ocspRefusal(3), /try later/],
  ['no OCSP at all', Buffer.from('hello'), /not a valid OCSP answer/],
  ['nothing', Buffer.alloc(0), /not a valid OCSP answer/],
  ['far too much', Buffer.concat([answer(), Buffer.alloc(100_000)]), /not a valid OCSP answer/],
];
for (const [name, staple, problem] of DISBELIEVED) {
  test(`${name}: not believed`, () => {
    const known = look(staple);
    assert.deepEqual([known.status, known.stapled, known.cached], [undefined, true, false]);
    assert.match(known.problem ?? '', problem);
  });
}

test('an issuer that is not known cannot be believed', () => {
  const known = new RevocationKnowledge().look(
    leaf.certificate,
    [stranger.certificate],
    answer(),
    Date.now(),
  );
  assert.match(known.problem ?? '', /issuer .* is not known/);
});

test('a believed answer stands in for a missing or bad staple until its next update', () => {
  const knowledge = new RevocationKnowledge();
  assert.equal(look(undefined, knowledge).status, undefined);
  look(answer({ status: 'revoked' }), knowledge);
  const missing = look(undefined, knowledge);
  assert.deepEqual([missing.status, missing.stapled, missing.cached], ['revoked', false, true]);
  const bad = look(answer({ breakSignature: true }), knowledge);
  assert.deepEqual([bad.status, bad.stapled, bad.cached], ['revoked', true, true]);
  assert.match(bad.problem ?? '', /signature/);
  assert.equal(look(undefined, knowledge, other).status, undefined, 'of this certificate only');
  const later = Date.now() + 2 * HOUR_MS;
  const after = knowledge.look(leaf.certificate, [issuer.certificate], undefined, later);
  assert.deepEqual([after.status, after.cached], [undefined, false]);
});

test('an answer without a next update, and one not believed, are not remembered', () => {
  const knowledge = new RevocationKnowledge();
  look(answer({ nextUpdateMs: null }), knowledge);
  look(answer({ breakSignature: true }), knowledge);
  assert.deepEqual(look(undefined, knowledge), { stapled: false, cached: false });
});

test('random bytes never make the reader throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      readOcspAnswer(Buffer.from(bytes));
    }),
    { numRuns: 2000 },
  );
});

test('an answer with bytes changed is never believed to say something else', () => {
  const staple = answer({ ...along(responder), status: 'revoked' });
  const change = fc.tuple(fc.nat(staple.length - 1), fc.integer({ min: 1, max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(40), (changes, cut) => {
      const changed = Buffer.from(staple.subarray(0, staple.length - cut));
      for (const [at, by] of changes)
        if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ by;
      const { status } = look(changed);
      assert.ok(status === undefined || status === 'revoked');
    }),
    { numRuns: 1500 },
  );
});
