import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readName } from './dns-name.ts';
import { queryName } from './query-name.ts';

function bytesOf(...parts: (string | number)[]): Uint8Array {
  const bytes = parts.flatMap((part) =>
    typeof part === 'number' ? [part] : [part.length, ...Buffer.from(part, 'latin1')],
  );
  return Uint8Array.from([...new Uint8Array(12), ...bytes]);
}

test('labels end with dots, and what is no plain character is escaped', () => {
  assert.deepEqual(readName(bytesOf('www', 'Example', 0), 12), { text: 'www.Example.', end: 25 });
  assert.deepEqual(readName(bytesOf(0), 12), { text: '.', end: 13 });
  assert.equal(
    readName(bytesOf('a.b', 'c\\', 'é', '\n ', 0), 12)?.text,
    'a\\.b.c\\\\.\\233.\\010\\032.',
  );
});

test('pointers lead backwards, and the name ends behind the first', () => {
  const bytes = bytesOf('test', 0, 'a', 0xc0, 12, 'b', 0xc0, 18);
  assert.deepEqual(readName(bytes, 18), { text: 'a.test.', end: 22 });
  assert.deepEqual(readName(bytes, 22), { text: 'b.a.test.', end: 26 });
});

const BAD: Record<string, Uint8Array> = {
  'that points to itself': bytesOf(0xc0, 12),
  'that points to its own first label': bytesOf('a', 0xc0, 12),
  'that points forwards': bytesOf(0xc0, 14, 'a', 0),
  'that points into the header': bytesOf(0xc0, 0),
  'with half a pointer': bytesOf(0xc0),
  'without end': bytesOf('abc'),
  'with a label that is cut': bytesOf(9, 'abc'),
  'with a label of a kind not in use': bytesOf(0x40, 'abc', 0),
  'of 256 bytes': bytesOf(...Array.from({ length: 3 }, () => 'x'.repeat(63)), 'y'.repeat(62), 0),
};

for (const [what, bytes] of Object.entries(BAD)) {
  test(`a name ${what} is none`, () => assert.equal(readName(bytes, 12), undefined));
}

test('a name of 255 bytes is one', () => {
  const labels = [...Array.from({ length: 3 }, () => 'x'.repeat(63)), 'y'.repeat(61)];
  assert.equal(readName(bytesOf(...labels, 0), 12)?.text.length, 254);
});

test('a pointer to a pointer, 32 times but not 33', () => {
  const chain = (length: number) =>
    Array.from({ length }, (_, at) => [0xc0, at === 0 ? 12 : 13 + (at - 1) * 2]).flat();
  const lastAt = (length: number) => 13 + (length - 1) * 2;
  assert.equal(readName(bytesOf(0, ...chain(32)), lastAt(32))?.text, '.');
  assert.equal(readName(bytesOf(0, ...chain(33)), lastAt(33)), undefined);
});

test('what can be asked for is written and read alike', () => {
  const letters = fc.constantFrom(...'abcXYZ019-_*@;$"');
  const label = fc.string({ unit: letters, minLength: 1, maxLength: 63 });
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 6 }), (labels) => {
      const name = labels.join('.');
      const asked = queryName(name, 'A');
      if (name.length > 253) assert.equal(asked, undefined);
      else assert.equal(readName(bytesOf(...labels, 0), 12)?.text, `${asked}.`);
    }),
  );
});

test('what cannot be a name is not asked for', () => {
  for (const name of ['', '..', '.a', 'a..b', 'a b', 'a\\.b', 'x'.repeat(64), 'a\u0000b']) {
    assert.equal(queryName(name, 'A'), undefined, JSON.stringify(name));
  }
  assert.equal(queryName('192.0.2.1', 'A'), '192.0.2.1');
  assert.equal(queryName('192.0.2.1', 'PTR'), '1.2.0.192.in-addr.arpa');
  assert.equal(queryName('münchen.test', 'A'), 'xn--mnchen-3ya.test');
});
