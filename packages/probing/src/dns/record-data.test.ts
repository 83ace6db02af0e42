import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPacketCodec } from './packet-codec.ts';
import { dataText } from './record-data.ts';

const codec = await loadPacketCodec();
/** Where a name may be pointed to, behind a header. */
const NAME = Buffer.from('\x01b\x04test\0', 'latin1');
const POINTER = '\xc0\x0c';
const NUMBERS = '\0'.repeat(16);

/** `data` in latin1. */
function textOf(type: number, data: string, recordClass = 1): string | undefined {
  const length = Buffer.from([data.length >> 8, data.length & 0xff]);
  const before = Buffer.concat([Buffer.alloc(12), NAME, length]);
  // What follows the record must never be read as part of it.
  const bytes = Buffer.concat([before, Buffer.from(data, 'latin1'), Buffer.alloc(40, 1)]);
  const at = { dataAt: before.length, end: before.length + data.length };
  return dataText(bytes, { owner: '.', type, recordClass, ttlSeconds: 0, ...at }, codec);
}

const FORMS: [number, string, string][] = [
  [1, '\xc0\0\x02\x01', '192.0.2.1'],
  [2, POINTER, 'b.test.'],
  [5, '\x01a\xc0\x0c', 'a.b.test.'],
  [6, `${POINTER}\x01m${POINTER}\0\0\0\x09${NUMBERS}`, 'b.test. m.b.test. 9 0 0 0 0'],
  [12, POINTER, 'b.test.'],
  [15, `\0\x07${POINTER}`, '7 b.test.'],
  [16, '\x02hi\0\x01"', '"hi" "" "\\""'],
  [28, `\x20\x01${'\0'.repeat(4)}\0\x01${'\0'.repeat(6)}\0\x01`, '2001:0:0:1::1'],
  [28, `${'\0'.repeat(10)}\xff\xff\x7f\0\0\x01`, '::ffff:127.0.0.1'],
  [33, `\0\x01\0\x02\0\x35${POINTER}`, '1 2 53 b.test.'],
  [39, POINTER, 'b.test.'],
  [257, '\0\x05issue;', '0 issue ";"'],
  [257, '\x80\x05iodef', '128 iodef ""'],
  [65280, '\x01\xff', '\\# 2 01ff'],
  [65280, '', '\\# 0'],
];

for (const [type, data, text] of FORMS) {
  test(`data of type ${type}: ${text}`, () => assert.equal(textOf(type, data), text));
}

test('data of another class are not taken for those of the internet', () => {
  assert.equal(textOf(1, 'ab', 3), '\\# 2 6162');
});

const UNSOUND: [number, string][] = FORMS.flatMap(([type, data]): [number, string][] =>
  type === 65280 || type === 257 || type === 16
    ? []
    : [
        [type, `${data}\x01`],
        [type, data.slice(0, -1)],
        [type, ''],
      ],
);

test('data that are longer or shorter than their type are not sound', () => {
  for (const [type, data] of UNSOUND) {
    assert.equal(textOf(type, data), undefined, `type ${type}: ${JSON.stringify(data)}`);
  }
});

test('strings and tags must lie within the data', () => {
  assert.equal(textOf(16, '\x03hi'), undefined);
  assert.equal(textOf(16, '\x02hi\x09'), undefined);
  for (const data of ['', '\0', '\0\x09issue', '\0\0', '\0\x02a ']) {
    assert.equal(textOf(257, data), undefined, JSON.stringify(data));
  }
});
