// Zones signed by the test itself: each algorithm, each kind of denial, each way to be bogus; and no
// bit of a signed answer can be turned without the answer losing its seal.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readAnswer } from '../dns-answer.ts';
import { loadPacketCodec } from '../packet-codec.ts';
import { NOW_MS, SignedZone, TYPES, type ZoneWish } from '../testing/zone-signer.ts';
import type { FetchSet } from './chain-of-trust.ts';
import { readSignedMessage } from './signed-records.ts';
import { type Validation, validateAnswers } from './validate-answer.ts';
import { SignatureVerifier } from './verify-set.ts';
import { nameBytes } from './wire-name.ts';
import { anchorOf, readKey } from './zone-keys.ts';

const codec = await loadPacketCodec();
const ADDRESS = Buffer.from([192, 0, 2, 1]);

interface World {
  root: SignedZone;
  test: SignedZone;
  zone: SignedZone;
}

/** Root, test., a.test. with some names; `shape` changes the zones before they are signed for above. */
function worldOf(wish: ZoneWish = {}, shape: (world: World) => void = () => {}): World {
  const [root, middle] = [new SignedZone('.', wish), new SignedZone('test.', wish)];
  const zone = new SignedZone('a.test.', wish);
  zone
    .add('www.a.test.', TYPES.A, ADDRESS)
    .add('www.a.test.', TYPES.A, Buffer.from([192, 0, 2, 2]));
  zone.add('alias.a.test.', TYPES.CNAME, nameBytes('www.a.test.'));
  zone.add('*.wild.a.test.', TYPES.A, ADDRESS);
  zone.add('deep.empty.a.test.', TYPES.A, ADDRESS);
  const world = { root, test: middle, zone };
  middle.delegate(zone).delegate('plain.test.');
  root.delegate(middle);
  shape(world);
  return world;
}

interface Asking {
  name?: string;
  type?: number;
  wallMs?: number;
  /** Of the answer itself. */
  bytes?: Buffer;
  anchor?: string;
  fetch?: FetchSet;
}

async function validate({ root, test: middle, zone }: World, asking: Asking = {}) {
  const { name = 'www.a.test.', type = TYPES.A, wallMs = NOW_MS } = asking;
  const zones = [zone, middle, root];
  const fetch: FetchSet = async (owner, kind, at) =>
    zones.find((one) => one.name === at)?.answer(owner, TYPES[kind]);
  const anchor = anchorOf(asking.anchor ?? root.anchor);
  assert.ok(anchor !== undefined);
  const bytes = asking.bytes ?? zone.answer(name, type);
  const answer = { name, type, bytes, continued: false };
  return validateAnswers([answer], [anchor], asking.fetch ?? fetch, wallMs);
}

function is({ state, reason }: Validation, wanted: string, why?: RegExp): void {
  assert.equal(state, wanted, reason ?? '');
  if (why !== undefined) assert.match(reason ?? '', why);
}

for (const algorithm of [8, 10, 13, 14, 15, 16]) {
  test(`secure from the anchor down with algorithm ${algorithm}`, async () => {
    const validation = await validate(worldOf({ algorithm }));
    is(validation, 'secure');
    assert.deepEqual(
      validation.chain.map(({ zone, state }) => [zone, state]),
      [
        ['.', 'secure'],
        ['test.', 'secure'],
        ['a.test.', 'secure'],
      ],
    );
  });
}

for (const denial of ['nsec', 'nsec3'] as const) {
  test(`by ${denial}: no such name, no such type, an empty name, a wildcard, an alias`, async () => {
    const world = worldOf({ denial });
    for (const name of ['www.a.test.', 'alias.a.test.', 'x.wild.a.test.', 'x.y.wild.a.test.']) {
      is(await validate(world, { name }), 'secure');
    }
    for (const name of ['none.a.test.', 'zz.www.a.test.', 'empty.a.test.', 'a.test.']) {
      is(await validate(world, { name }), 'secure');
    }
    is(await validate(world, { type: TYPES.TXT }), 'secure');
  });

  test(`by ${denial}: what the zone has is never denied with the proof for another name`, async () => {
    const { zone, ...rest } = worldOf({ denial });
    const world = { zone, ...rest };
    const denied = zone.answer('none.a.test.', TYPES.A);
    for (const name of ['www.a.test.', 'x.wild.a.test.', 'empty.a.test.']) {
      is(await validate(world, { name, bytes: denied }), 'bogus', /Nothing in the answer proves/);
    }
    const withoutType = zone.answer('www.a.test.', TYPES.TXT);
    is(await validate(world, { bytes: withoutType }), 'bogus');
  });

  test(`by ${denial}: a delegation that is proven unsigned is insecure, one not proven bogus`, async () => {
    const world = worldOf({ denial });
    const name = 'www.plain.test.';
    is(await validate(world, { name }), 'insecure', /proves that plain\.test\. is not signed/);
    const stripped: FetchSet = async (owner, kind, at) => {
      const zones = [world.zone, world.test, world.root];
      if (owner === 'a.test.' && kind === 'DS') return world.test.answer('none.test.', TYPES.DS);
      return zones.find((one) => one.name === at)?.answer(owner, TYPES[kind]);
    };
    is(
      await validate(world, { fetch: stripped }),
      'bogus',
      /Nothing proves that a\.test\. has no DS/,
    );
  });
}

test('opt-out makes a delegation insecure, too many iterations the zone', async () => {
  const optOut = worldOf({ denial: 'nsec3', optOut: true });
  is(await validate(optOut, { name: 'www.plain.test.' }), 'insecure', /opts out/);
  const costly = worldOf({ denial: 'nsec3', iterations: 101 });
  is(await validate(costly, { name: 'none.a.test.' }), 'insecure', /iterations/);
  is(
    await validate(worldOf({ denial: 'nsec3', iterations: 100 }), { name: 'no.a.test.' }),
    'secure',
  );
});

test('signatures hold from their inception to their expiration, and not a second more', async () => {
  const [inception, expiration] = [NOW_MS / 1000, NOW_MS / 1000 + 60];
  const world = worldOf({ inception, expiration });
  is(await validate(world, { wallMs: NOW_MS }), 'secure');
  is(await validate(world, { wallMs: NOW_MS + 60_000 }), 'secure');
  is(await validate(world, { wallMs: NOW_MS - 1000 }), 'bogus', /begins at 2026-06-01T00:00:00Z/);
  is(
    await validate(world, { wallMs: NOW_MS + 61_000 }),
    'bogus',
    /ran out at 2026-06-01T00:01:00Z/,
  );
});

test('another key, another anchor, no keys: bogus', async () => {
  const other = new SignedZone('a.test.').add('www.a.test.', TYPES.A, ADDRESS);
  const world = worldOf();
  const bytes = other.answer('www.a.test.', TYPES.A);
  is(await validate(world, { bytes }), 'bogus', /which a\.test\. does not have|did not make/);
  is(await validate({ ...world, zone: other }), 'bogus', /no key that its DS records/);
  is(await validate(world, { anchor: new SignedZone('.').anchor }), 'bogus', /^\. has no key/);
  const keyless = worldOf({}, ({ zone }) => zone.remove('a.test.', TYPES.DNSKEY));
  is(await validate(keyless), 'bogus', /shows no DNSKEY/);
});

test('records that are not signed, or were not asked for, or denied by their code: bogus', async () => {
  const world = worldOf();
  const signed = world.zone.answer('www.a.test.', TYPES.A);
  const counted = Buffer.from(signed);
  // The signature stands behind the two addresses.
  counted.writeUInt16BE(2, 6);
  is(await validate(world, { bytes: counted }), 'bogus', /carries no signature/);
  const denied = Buffer.from(signed);
  denied.writeUInt16BE(0x8403, 2);
  is(await validate(world, { bytes: denied }), 'bogus', /response code denies/);
  is(
    await validate(world, { name: 'deep.empty.a.test.', bytes: signed }),
    'bogus',
    /do not belong/,
  );
});

test('who does not answer leaves it open', async () => {
  is(
    await validate(worldOf(), { fetch: async () => undefined }),
    'indeterminate',
    /No answer came/,
  );
  const failed = worldOf().zone.answer('www.a.test.', TYPES.A);
  failed.writeUInt16BE(0x8402, 2);
  is(await validate(worldOf(), { bytes: failed }), 'indeterminate');
});

test('algorithms that are not known here make a zone insecure, not bogus', async () => {
  const world = worldOf({}, ({ test: middle, zone }) => {
    const ds = Buffer.from(zone.ds);
    ds[2] = 200;
    middle.remove('a.test.', TYPES.DS).add('a.test.', TYPES.DS, ds);
  });
  is(await validate(world), 'insecure', /algorithms not supported/);
});

function shownBy(bytes: Buffer): string {
  const reading = readAnswer(bytes, codec);
  if (!reading.ok) return 'unreadable';
  const { rcode, answer } = reading.value;
  const signed = answer.filter(({ type }) => type !== 'RRSIG');
  const lines = signed.map(({ owner, type, data, line }) =>
    // Names in the data are the same in either case, too (RFC 4343), and are signed in lower case.
    [owner.toLowerCase(), type, String(data).toLowerCase(), line.includes(' IN ')].join(' '),
  );
  return [rcode, ...lines.sort()].join('\n');
}

test('no bit of a signed answer can be turned so that other data pass for secure', async () => {
  const world = worldOf();
  const names = ['www.a.test.', 'alias.a.test.', 'x.wild.a.test.', 'none.a.test.', 'empty.a.test.'];
  const property = fc.asyncProperty(fc.constantFrom(...names), fc.nat(), async (name, bit) => {
    const sound = world.zone.answer(name, TYPES.A);
    const bytes = Buffer.from(sound);
    const at = (bit >> 3) % bytes.length;
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
    const { state } = await validate(world, { name, bytes });
    const shown = shownBy(bytes);
    // What cannot be read is a fault of its own, and shows nothing.
    const same = shown === shownBy(sound) || shown === 'unreadable';
    assert.ok(state !== 'secure' || same, `bit ${bit} shows ${shown}`);
  });
  await fc.assert(property, { numRuns: 600 });
});

test('garbage is never secure, and never more work than its budget', async () => {
  const world = worldOf();
  const answer = world.zone.answer('www.a.test.', TYPES.A);
  const property = fc.asyncProperty(
    fc.uint8Array({ maxLength: 400 }),
    fc.nat({ max: answer.length }),
    async (noise, cut) => {
      const bytes = Buffer.concat([answer.subarray(0, cut), noise]);
      const { state } = await validate(world, { bytes });
      assert.ok(state !== 'secure' || shownBy(bytes) === shownBy(answer));
    },
  );
  await fc.assert(property, { numRuns: 200 });
});

test('colliding keys and worthless signatures end at a budget of looks', () => {
  const zone = new SignedZone('a.test.');
  const forged = Buffer.from(zone.answer('a.test.', TYPES.SOA));
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
  const set = readSignedMessage(forged)?.answer[0];
  const key = readKey(zone.key);
  assert.ok(set !== undefined && key !== undefined);
  const many = { ...set, signatures: new Array(1000).fill(set.signatures[0]) };
  const colliding = { name: 'a.test.', keys: new Array(1000).fill(key) };
  const verifier = new SignatureVerifier(NOW_MS);
  const reasons = Array.from({ length: 9 }, () => {
    const verdict = verifier.verify(many, colliding);
    return verdict.ok ? 'ok' : verdict.reason;
  });
  // Eight looks for each set, and 64 in all.
  assert.ok(reasons.slice(0, 8).every((reason) => /did not make/.test(reason)));
  assert.match(reasons[8] ?? '', /needs more than 64 looks/);
});
