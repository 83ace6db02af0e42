import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { denialOf } from './denial.ts';
import { readNsec, readNsec3 } from './nsec-data.ts';
import { TYPE } from './signed-records.ts';
import { compareNames, nameBytes } from './wire-name.ts';

/** The types of the bitmap in one byte: NS is bit 2, CNAME bit 5, SOA bit 6. */
function range(owner: string, next: string, types: number) {
  const data = Buffer.concat([nameBytes(next), Buffer.from([0, 1, types])]);
  return { owner, type: TYPE.NSEC, data: [data], signatures: [] };
}

const [NS, CNAME, NS_AND_SOA] = [0x20, 0x04, 0x22];

test('the record at a delegation says nothing of what lies below it', () => {
  const apex = range('test.', 'plain.test.', NS_AND_SOA);
  const cut = denialOf([apex, range('plain.test.', 'test.', NS)], 'test.');
  assert.equal(cut.noName('x.plain.test.'), 'not-proven');
  assert.equal(cut.noName('z.test.'), 'proven');
  assert.equal(cut.noData('plain.test.', 1), 'not-proven');
  assert.equal(cut.noData('plain.test.', TYPE.DS), 'proven');
});

test('neither an alias nor the apex below denies', () => {
  const denial = denialOf([range('a.test.', 'b.test.', CNAME)], 'test.');
  assert.equal(denial.noData('a.test.', 1), 'not-proven');
  const child = denialOf([range('a.test.', 'b.a.test.', NS_AND_SOA)], 'a.test.');
  assert.equal(child.noData('a.test.', TYPE.DS), 'not-proven');
});

test('names stand in the order of RFC 4034 section 6.1', () => {
  const names = [
    'example.',
    'a.example.',
    'yljkjljk.a.example.',
    'z.a.example.',
    'zabc.a.example.',
  ];
  const rest = ['z.example.', '\\001.z.example.', '*.z.example.', '\\200.z.example.'];
  const ordered = [...names, ...rest];
  assert.deepEqual([...ordered].reverse().sort(compareNames), ordered);
});

test('data of any bytes are read or refused', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 120 }), (noise) => {
    readNsec(Buffer.from(noise));
    readNsec3(Buffer.from(noise));
    readNsec3(Buffer.from([1, 0, 0, 0, ...noise]));
  });
  fc.assert(property, { numRuns: 2000 });
});
