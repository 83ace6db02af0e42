// A check that validates, against zones that the test signs: asked of one server that knows them all,
// and of the zones' own servers along a trace.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@holdfast/kernel';
import type { DecodedPacket } from 'dns-packet';
import { isWithin, nameBytes } from './dnssec/wire-name.ts';
import { type Asked, ask, type DnsWish } from './testing/dns-checks.ts';
import { dnsServer, reply } from './testing/dns-server.ts';
import { SignedZone, TYPES, type ZoneWish } from './testing/zone-signer.ts';

const ADDRESS = Buffer.from([192, 0, 2, 1]);
const HOUR_SECONDS = 3600;

interface World {
  root: SignedZone;
  zone: SignedZone;
}

function worldOf(wish: ZoneWish = {}): World {
  const now = Math.floor(systemClock.wallMs() / 1000);
  const validity = { inception: now - HOUR_SECONDS, expiration: now + HOUR_SECONDS };
  const [root, zone] = [
    new SignedZone('.', validity),
    new SignedZone('test.', { ...validity, ...wish }),
  ];
  zone.add('www.test.', TYPES.A, ADDRESS).add('alias.test.', TYPES.CNAME, nameBytes('www.test.'));
  root.delegate(zone).delegate('plain.');
  return { root, zone };
}

function asked(query: DecodedPacket): { name: string; type: keyof typeof TYPES } {
  const [question] = query.questions ?? [];
  const name = question?.name ?? '';
  return { name: name === '' || name === '.' ? '.' : `${name}.`, type: question?.type as 'A' };
}

function withId(query: DecodedPacket, bytes: Buffer): Buffer {
  bytes.writeUInt16BE(query.id ?? 0, 0);
  return bytes;
}

/** As a resolver that knows every zone. */
async function askResolver(
  { root, zone }: World,
  wish: DnsWish,
  change = (bytes: Buffer, _type: string) => bytes,
): Promise<Asked> {
  const server = await dnsServer((query) => {
    const { name, type } = asked(query);
    const isAbove = name === '.' || !isWithin(name, 'test.') || (type === 'DS' && name === 'test.');
    const bytes = (isAbove ? root : zone).answer(name, TYPES[type]);
    return withId(query, change(bytes, type));
  });
  const { host, port } = server;
  const trustAnchors = [root.anchor];
  try {
    return await ask({
      name: 'www.test',
      dnssec: true,
      trustAnchors,
      server: { host, port },
      ...wish,
    });
  } finally {
    await server.close();
  }
}

const trustOf = ({ detail }: Asked) => detail.dnssec as { state: string; reason?: string };

test('an answer with an unbroken chain is secure, and its signatures are no records of it', async () => {
  for (const name of ['www.test', 'alias.test']) {
    const result = await askResolver(worldOf(), { name, expect: { secure: true } });
    assert.equal(result.judgement.fault, undefined);
    assert.deepEqual(
      [trustOf(result).state, result.detail.answer_count],
      ['secure', name === 'www.test' ? 1 : 2],
    );
  }
  const none = await askResolver(worldOf(), {
    name: 'none.test',
    expect: { secure: true, rcodes: ['NXDOMAIN'] },
  });
  assert.equal(none.judgement.fault, undefined);
});

test('a bogus answer is down, whatever else is expected', async () => {
  const altered = await askResolver(worldOf(), {}, (bytes, type) => {
    const at = bytes.indexOf(ADDRESS);
    if (type === 'A') bytes[at + 3] = 99;
    return bytes;
  });
  assert.equal(altered.judgement.fault?.code, 'NAME_BOGUS');
  assert.match(altered.judgement.fault?.message ?? '', /did not make/);
  const past = Math.floor(systemClock.wallMs() / 1000) - HOUR_SECONDS;
  const expired = await askResolver(worldOf({ inception: 0, expiration: past }), {});
  assert.equal(expired.judgement.fault?.code, 'NAME_BOGUS');
  assert.equal(trustOf(expired).state, 'bogus');
});

test('an unsigned delegation is fine unless a secure answer is wanted', async () => {
  const wish = { name: 'x.plain', expect: { rcodes: ['NXDOMAIN'] } };
  const fine = await askResolver(worldOf(), wish);
  assert.deepEqual([fine.judgement.fault, trustOf(fine).state], [undefined, 'insecure']);
  const wanted = await askResolver(worldOf(), {
    ...wish,
    expect: { ...wish.expect, secure: true },
  });
  assert.equal(wanted.judgement.fault?.code, 'ASSERTION_SECURE');
  assert.match(wanted.judgement.fault?.message ?? '', /proves that plain\. is not signed/);
});

test('a trace asks the zones themselves, and tells of each whether it is secure', async () => {
  const { root, zone } = worldOf();
  const own = await dnsServer(
    (query) => {
      const { name, type } = asked(query);
      return withId(query, zone.answer(name, TYPES[type]));
    },
    { host: '127.0.0.12' },
  );
  const above = await dnsServer(
    (query) => {
      const { name, type } = asked(query);
      if (name === '.' || type === 'DS') return withId(query, root.answer(name, TYPES[type]));
      return reply(query, {
        flags: 0,
        authorities: [{ type: 'NS', name: 'test', data: 'ns.test' }],
        additionals: [{ type: 'A', name: 'ns.test', data: own.host }],
      });
    },
    { host: '127.0.0.11', port: own.port },
  );
  try {
    const result = await ask({
      name: 'www.test',
      trace: true,
      dnssec: true,
      roots: [{ name: 'root.', ip: above.host, port: above.port }],
      trustAnchors: [root.anchor],
      expect: { secure: true },
    });
    assert.equal(result.judgement.fault, undefined);
    const rows = result.detail.resolution_chain as Record<string, unknown>[];
    assert.deepEqual(
      rows.map(({ zone: name, kind, secure }) => [name, kind, secure]),
      [
        ['.', 'referral', true],
        ['test.', 'answer', true],
      ],
    );
  } finally {
    await above.close();
    await own.close();
  }
});
