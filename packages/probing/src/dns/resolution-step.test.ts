import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DnsAnswer, DnsRecord } from './dns-answer.ts';
import { resolutionStep } from './resolution-step.ts';

function record(owner: string, type: string, data: string): DnsRecord {
  return { owner, type, data, line: `${owner} 0 IN ${type} ${data}` };
}

function answered(parts: Partial<DnsAnswer>): DnsAnswer {
  const sections = { answer: [], authority: [], additional: [] };
  const flags = { rcode: 'NOERROR', authoritative: false, recursionAvailable: false, edns: true };
  return { ...flags, ...sections, ...parts };
}

const step = (parts: Partial<DnsAnswer>, type = 'A') =>
  resolutionStep(answered(parts), 'test.', 'www.a.test.', type);

test('a record of the wanted type is the answer, behind aliases too', () => {
  assert.deepEqual(step({ answer: [record('WWW.a.test.', 'A', '192.0.2.1')] }), { kind: 'answer' });
  const alias = record('www.a.test.', 'CNAME', 'b.test.');
  const behind = record('b.test.', 'A', '192.0.2.1');
  assert.deepEqual(step({ answer: [behind, alias] }), { kind: 'answer' });
  assert.deepEqual(step({ answer: [alias] }, 'CNAME'), { kind: 'answer' });
  assert.deepEqual(step({ answer: [alias] }), { kind: 'alias', to: 'b.test.' });
});

test('aliases in a circle within one answer end', () => {
  const there = record('www.a.test.', 'CNAME', 'b.test.');
  const back = record('b.test.', 'CNAME', 'www.a.test.');
  assert.deepEqual(step({ answer: [there, back] }), { kind: 'alias', to: 'b.test.' });
  const self = record('www.a.test.', 'CNAME', 'www.a.test.');
  assert.equal(step({ answer: [self] }).kind, 'useless');
});

test('a referral brings the glue of its own servers, of both versions', () => {
  const parts = {
    authority: [record('a.test.', 'NS', 'ns1.a.test.'), record('a.test.', 'NS', 'ns2.b.test.')],
    additional: [
      record('NS1.a.test.', 'A', '192.0.2.1'),
      record('ns1.a.test.', 'AAAA', '::1'),
      record('other.test.', 'A', '192.0.2.2'),
    ],
  };
  const servers = [
    { name: 'ns1.a.test.', addresses: ['192.0.2.1', '::1'] },
    { name: 'ns2.b.test.', addresses: [] },
  ];
  assert.deepEqual(step(parts), { kind: 'referral', zone: { name: 'a.test.', servers } });
});

test('what says that there is nothing is an answer, everything else is of no use', () => {
  const soa = record('a.test.', 'SOA', 'x');
  assert.equal(step({ rcode: 'NXDOMAIN' }).kind, 'answer');
  assert.equal(step({ authority: [soa] }).kind, 'answer');
  assert.equal(step({ authoritative: true }).kind, 'answer');
  assert.deepEqual(step({}), { kind: 'useless', problem: 'neither answers nor refers' });
  assert.deepEqual(step({ rcode: 'REFUSED' }), { kind: 'useless', problem: 'answered REFUSED' });
  for (const elsewhere of ['.', 'test.', 'b.test.', 'x.www.a.test.', 'x\\.a.test.', 'w.a.test.']) {
    const authority = [record(elsewhere, 'NS', 'ns.test.')];
    const problem = `refers back to ${elsewhere}`;
    assert.deepEqual(step({ authority }), { kind: 'useless', problem });
  }
});

test('a dot within a label does not end it', () => {
  const parts = { authority: [record('a.test.', 'NS', 'ns.test.')] };
  assert.equal(resolutionStep(answered(parts), '.', 'x\\.a.test.', 'A').kind, 'useless');
  assert.equal(resolutionStep(answered(parts), '.', 'x.a.test.', 'A').kind, 'referral');
});

test('every referral is one step down at least, towards the name', () => {
  const name = fc
    .array(fc.constantFrom('a', 'B', 'c', 'x\\.a'), { maxLength: 5 })
    .map((labels) => `${labels.join('.')}.`);
  const depth = (text: string) => text.split(/(?<!\\)\./).filter((label) => label !== '').length;
  fc.assert(
    fc.property(name, name, fc.array(name), (asked, zone, owners) => {
      const authority = owners.map((owner) => record(owner, 'NS', 'ns.test.'));
      const next = resolutionStep(answered({ authority }), zone, asked, 'A');
      if (next.kind !== 'referral') return;
      assert.ok(depth(next.zone.name) > depth(zone) && depth(next.zone.name) <= depth(asked));
      assert.ok(`.${asked.toLowerCase()}`.endsWith(`.${next.zone.name.toLowerCase()}`));
    }),
  );
});
