import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readDer, timeOf, valuesOf } from './der.ts';
import { explicit, octets, sequence, time } from './testing/der-writer.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

test('values are found in values, with what they are wrapped in', () => {
  const inner = octets(Buffer.alloc(300, 7));
  const whole = sequence(inner, explicit(0, time(1_767_225_600_000)));
  const [first, second, ...others] = valuesOf(readDer(whole, 0x30)) ?? [];
  assert.deepEqual([first?.content.length, first?.whole.equals(inner)], [300, true]);
  assert.equal(timeOf(valuesOf(second)?.[0]), 1_767_225_600_000);
  assert.equal(others.length, 0);
});

const NOT_DER: [string, string][] = [
  ['nothing', ''],
  ['no length', '30'],
  ['more length than bytes', '300501'],
  ['bytes after the value', '300000'],
  ['an indefinite length', '30800000'],
  ['a length that is not the shortest', '308100'],
  ['a length with a zero before it', `30820080${'00'.repeat(128)}`],
  ['a length of four bytes', '308400000001ff'],
  ['a number above 30', '1f0100'],
];
for (const [name, bytes] of NOT_DER) {
  test(`${name} is not DER`, () => assert.equal(readDer(hex(bytes)), undefined));
}

test('a value within that is cut short, and too many of them', () => {
  assert.equal(valuesOf(readDer(hex('3003040500'))), undefined);
  assert.equal(valuesOf(readDer(sequence(Buffer.alloc(4000)))), undefined);
  assert.equal(valuesOf(readDer(hex('040100'))), undefined, 'an octet string holds no values');
});

test('times are whole seconds in UTC and nothing else', () => {
  const at = (text: string) =>
    timeOf(readDer(Buffer.concat([hex('18'), Buffer.from([text.length]), Buffer.from(text)])));
  assert.equal(at('20260101000000Z'), Date.UTC(2026, 0, 1));
  assert.equal(at('00010101000000Z'), new Date('0001-01-01T00:00:00Z').getTime());
  for (const text of ['202601010000Z', '20260101000000', '20260101000000.5Z', '2026010100000xZ']) {
    assert.equal(at(text), undefined, text);
  }
});

test('whatever the bytes, reading ends without throwing, and what is read lies within them', () => {
  const open = (bytes: Buffer, depth: number): void => {
    const value = readDer(bytes);
    if (value === undefined || depth === 0) return;
    assert.equal(value.whole.length, bytes.length);
    for (const part of valuesOf(value) ?? []) open(part.whole, depth - 1);
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => open(Buffer.from(bytes), 50)),
    { numRuns: 2000 },
  );
  const deep = Array.from({ length: 40 }).reduce<Buffer>((inner) => sequence(inner), sequence());
  open(deep, 50);
});
