// HPACK against the examples of its RFC, against itself, and against bytes that mean nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HpackDecoder } from './hpack-decoder.ts';
import { EMPTY_TABLE, encodeFields } from './hpack-encoder.ts';
import { decodeHuffman } from './huffman.ts';

type Fields = [string, string][];

function decoded(decoder: HpackDecoder, block: Buffer): Fields | string {
  const fields: Fields = [];
  return decoder.decode(block, (name, value) => fields.push([name, value])) ?? fields;
}
const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

test('the code of Huffman, by the examples of RFC 7541 appendix C', () => {
  const examples = [
    ['f1e3 c2e5 f23a 6ba0 ab90 f4ff', 'www.example.com'],
    ['a8eb 1064 9cbf', 'no-cache'],
    ['25a8 49e9 5bb8 e8b4 bf', 'custom-value'],
    ['d07a be94 1054 d444 a820 0595 040b 8166 e082 a62d 1bff', 'Mon, 21 Oct 2013 20:13:21 GMT'],
    ['9d29 ad17 1863 c78f 0b97 c8e9 ae82 ae43 d3', 'https://www.example.com'],
  ] as const;
  for (const [hex, text] of examples) assert.equal(decodeHuffman(bytes(hex)), text);
});

test('padding is short and made of ones; the end of the string does not occur', () => {
  assert.equal(decodeHuffman(bytes('')), '');
  assert.equal(decodeHuffman(bytes('1f')), 'a');
  for (const wrong of ['18', '1fff', 'ff', 'ffffffff', '3fffffff']) {
    assert.equal(decodeHuffman(bytes(wrong)), undefined, wrong);
  }
});

test('a table that is filled, used and emptied, by RFC 7541 appendix C.6', () => {
  const decoder = new HpackDecoder();
  const date = 'Mon, 21 Oct 2013 20:13:21 GMT';
  const shared: Fields = [
    ['cache-control', 'private'],
    ['date', date],
    ['location', 'https://www.example.com'],
  ];
  // The examples are for a table of 256 bytes: 3f e1 01 makes it so.
  const first = bytes(
    '3fe101 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
  );
  assert.deepEqual(decoded(decoder, first), [[':status', '302'], ...shared]);
  const second = bytes('4883 640e ffc1 c0bf');
  assert.deepEqual(decoded(decoder, second), [[':status', '307'], ...shared]);
  const third = bytes(
    '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
  );
  assert.deepEqual(decoded(decoder, third), [
    [':status', '200'],
    ['cache-control', 'private'],
    ['date', 'Mon, 21 Oct 2013 20:13:22 GMT'],
    ['location', 'https://www.example.com'],
    ['content-encoding', 'gzip'],
    ['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
  ]);
  // Of the first block all but one are gone.
  assert.equal(typeof decoded(decoder, bytes('c1')), 'string');
});

test('what is written is read, pseudo fields first', () => {
  const name = fc.stringMatching(/^[a-z][a-z-]{0,200}$/);
  const value = fc.stringMatching(/^([!-~]([ -~]{0,300}[!-~])?)?$/);
  fc.assert(
    fc.property(fc.dictionary(name, value), fc.boolean(), (fields, resized) => {
      const block = encodeFields({ ...fields, ':method': 'GET', ':path': '/a' });
      const sent = resized ? Buffer.concat([EMPTY_TABLE, block]) : block;
      const expected = [[':method', 'GET'], [':path', '/a'], ...Object.entries(fields)];
      assert.deepEqual(decoded(new HpackDecoder(), sent), expected);
    }),
  );
});

test('a field of the static table takes one byte', () => {
  assert.deepEqual([...encodeFields({ ':method': 'GET', ':scheme': 'https' })], [0x82, 0x87]);
  assert.deepEqual([...encodeFields({ 'accept-encoding': 'gzip, deflate' })], [0x90]);
});

test('bytes that mean nothing are refused or read, and never throw', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 5 }), (blocks) => {
      const decoder = new HpackDecoder();
      for (const block of blocks) decoded(decoder, Buffer.from(block));
    }),
    { numRuns: 2000 },
  );
});

const REFUSED: [string, string][] = [
  ['a number without an end', 'ffffffffffffffffffff'],
  ['the number 0', '80'],
  ['a number that was never given', 'c0'],
  ['a name that is cut off', '40 05 61'],
  ['a value that is cut off', '40 01 61 05 61'],
  ['a length far beyond the block', '40 7f ffff ff07 61'],
  ['a table larger than ours', '3f e2 1f'],
  ['a table resized between fields', '88 20'],
  ['a string that is not in the code', '40 81 18 01 61'],
];
for (const [name, hex] of REFUSED) {
  test(`refused: ${name}`, () => {
    assert.equal(typeof decoded(new HpackDecoder(), bytes(hex)), 'string');
  });
}
