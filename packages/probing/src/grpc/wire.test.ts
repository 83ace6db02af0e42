import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { healthPlan } from './call-plan.ts';
import { readFields, textField } from './wire.ts';

test('writes text as the protobuf library does', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }),
      (number, text) => {
        const expected = new BinaryWriter().tag(number, 2).string(text).finish();
        assert.deepEqual([...textField(number, text)], [...expected]);
      },
    ),
  );
  assert.equal(textField(1, '').length, 0);
});

test('reads every kind of field', () => {
  const bytes = new BinaryWriter();
  bytes.tag(1, 0).uint32(300).tag(2, 1).fixed64(1n).tag(3, 5).fixed32(7).tag(4, 2).string('hi');
  const fields = readFields(bytes.finish()) ?? [];
  assert.deepEqual(
    fields.map(({ number }) => number),
    [1, 2, 3, 4],
  );
  assert.equal(fields[0]?.value, 300);
  assert.equal(Buffer.from(fields[3]?.value as Uint8Array).toString(), 'hi');
});

test('random bytes are fields or malformed, and never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      readFields(bytes);
      healthPlan('').read(bytes);
    }),
  );
});

test('what is cut off or endless is malformed', () => {
  assert.equal(readFields(Buffer.from([0x08])), undefined);
  assert.equal(readFields(Buffer.from([0x0a, 5, 1])), undefined);
  assert.equal(readFields(Buffer.alloc(12, 0xff)), undefined);
  assert.equal(readFields(Buffer.from([0x0b])), undefined);
});

test('health answers by name; an empty one says UNKNOWN', () => {
  const { read } = healthPlan('');
  const named = (bytes: number[]) => {
    const answer = read(Buffer.from(bytes));
    return answer.ok ? answer.value.servingStatus : answer.fault.code;
  };
  assert.deepEqual([[], [8, 0], [8, 1], [8, 2], [8, 3], [8, 9], [8, 2, 8, 1], [8]].map(named), [
    'UNKNOWN',
    'UNKNOWN',
    'SERVING',
    'NOT_SERVING',
    'SERVICE_UNKNOWN',
    '9',
    'SERVING',
    'PROTOCOL_INVALID_ANSWER',
  ]);
});
