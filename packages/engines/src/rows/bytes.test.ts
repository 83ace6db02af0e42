import assert from 'node:assert/strict';
import { it } from 'node:test';
import fastCheck from 'fast-check';
import { ByteReader, ByteWriter } from './bytes.ts';

it('gives numbers and text back exactly', () => {
  const number = fastCheck.oneof(
    fastCheck.double({ noNaN: true }).filter((value) => !Object.is(value, -0)),
    fastCheck.integer({ min: -5, max: 2 ** 31 }).map((microseconds) => microseconds / 1000),
  );
  const varint = fastCheck.integer({ min: 0, max: 2 ** 32 - 1 });
  const item = fastCheck.tuple(number, varint, fastCheck.string({ unit: 'grapheme' }));
  const property = fastCheck.property(fastCheck.array(item), (items) => {
    const writer = new ByteWriter(0);
    const ends = items.map(([value, count, text]) => {
      writer.number(value);
      writer.varint(count);
      writer.text(text);
      return writer.length;
    });
    const reader = new ByteReader(writer.finish());
    const read = ends.map((end) => [reader.number(), reader.varint(), reader.text(end)]);
    assert.deepEqual(read, items);
  });
  fastCheck.assert(property, { numRuns: 300, seed: 5 });
});

it('keeps whole microseconds short', () => {
  const writer = new ByteWriter(0);
  for (const valueMs of [0, 0.063, 12.345]) writer.number(valueMs);
  assert.equal(writer.length, 1 + 1 + 3);
});

it('never reads past the end', () => {
  assert.throws(() => new ByteReader(Uint8Array.of(0x80)).varint(), RangeError);
  assert.throws(() => new ByteReader(Uint8Array.of(1, 0)).number(), RangeError);
  assert.throws(() => new ByteReader(new Uint8Array(9).fill(0x80)).varint(), RangeError);
});

it('writes what the network takes, the highest byte first', () => {
  const writer = new ByteWriter(0);
  writer.int32(-2);
  writer.float64(1.5);
  writer.sizedText('é');
  const bytes = Buffer.from(writer.finish()).toString('hex');
  assert.equal(bytes, 'fffffffe3ff800000000000000000002c3a9');
});
