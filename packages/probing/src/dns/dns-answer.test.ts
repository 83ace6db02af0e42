// Whatever bytes come, reading them ends with an answer or a problem, in bounded time and text.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededChance } from '@holdfast/kernel';
import packet, { type Answer } from 'dns-packet';
import fc from 'fast-check';
import { matchQuestion, readAnswer } from './dns-answer.ts';
import { loadPacketCodec } from './packet-codec.ts';
import { Query } from './query.ts';

const codec = await loadPacketCodec();
const query = new Query(
  { name: 'a.test', recordType: 'A', recursion: true },
  true,
  seededChance(1),
);

const ANSWERS: Answer[] = [
  { type: 'A', name: 'a.test', data: '192.0.2.1' },
  { type: 'AAAA', name: 'a.test', data: '::1' },
  { type: 'MX', name: 'a.test', data: { preference: 1, exchange: 'b.test' } },
  { type: 'SRV', name: 'a.test', data: { port: 1, target: 'b.test' } },
  { type: 'SOA', name: 'a.test', data: { mname: 'b.test', rname: 'c.test' } },
  { type: 'TXT', name: 'a.test', data: ['one', 'two'] },
  { type: 'CAA', name: 'a.test', data: { tag: 'issue', value: 'ca.test' } },
  {
    type: 'DS',
    name: 'a.test',
    data: { keyTag: 1, algorithm: 8, digestType: 2, digest: Buffer.alloc(4, 7) },
  },
];

function answerWith(answers: Answer[]): Buffer {
  const questions = [{ type: 'A' as const, name: 'a.test' }];
  return packet.encode({ type: 'response', id: 1, questions, answers });
}

/** Header with counts of question and answer, then the bytes. */
function message(questions: number, answers: number, ...parts: Uint8Array[]): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(0x8000, 2);
  header.writeUInt16BE(questions, 4);
  header.writeUInt16BE(answers, 6);
  return Buffer.concat([header, ...parts]);
}

const QUESTION = Buffer.from('\x01a\x04test\0\0\x01\0\x01', 'latin1');

function read(bytes: Buffer) {
  matchQuestion(bytes, query.questionKey);
  return readAnswer(bytes, codec);
}

test('random bytes never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      read(Buffer.from(bytes));
    }),
    { numRuns: 2000 },
  );
});

test('random records behind a sound question never throw', () => {
  const counts = fc.nat(4);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), counts, (bytes, answers) => {
      assert.equal(typeof read(message(1, answers, QUESTION, bytes)).ok, 'boolean');
    }),
    { numRuns: 2000 },
  );
});

test('sound messages with some bytes changed never throw', () => {
  const whole = answerWith(ANSWERS);
  const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const bytes = Buffer.from(whole);
      for (const [at, byte] of changes) bytes[at] = byte;
      const reading = read(bytes);
      if (!reading.ok) return;
      for (const { line } of reading.value.answer) assert.doesNotMatch(line, /undefined|NaN/);
    }),
    { numRuns: 3000 },
  );
});

test('a message that is cut anywhere is a problem, whole it is not', () => {
  const whole = answerWith(ANSWERS);
  for (let length = 0; length < whole.length; length += 1) {
    assert.equal(read(whole.subarray(0, length)).ok, false, `${length} bytes`);
  }
  assert.equal(read(whole).ok, true);
});

test('types without a form of their own are written as unknown data', () => {
  const reading = read(answerWith([ANSWERS.at(-1) as Answer]));
  assert.ok(reading.ok);
  assert.equal(reading.value.answer[0]?.line, 'a.test. 0 IN DS \\# 8 0001080207070707');
});

test('names in the data may be compressed', () => {
  const mx = Buffer.from('\xc0\x0c\0\x0f\0\x01\0\0\0\x05\0\x07\0\x0a\x02mx\xc0\x0c', 'latin1');
  const reading = read(message(1, 1, QUESTION, mx));
  assert.ok(reading.ok);
  assert.equal(reading.value.answer[0]?.line, 'a.test. 5 IN MX 10 mx.a.test.');
});

test('names that unfold without measure are a problem, and soon', () => {
  // One name of 250 bytes of escapes, and thousands of records that point to it.
  const label = [50, ...Array.from({ length: 50 }, () => 1)];
  const name = Buffer.from([...label, ...label, ...label, ...label, 0]);
  const record = Buffer.from([0xc0, 12, 0, 2, 0, 1, 0, 0, 0, 0, 0, 2, 0xc0, 12]);
  const records = Buffer.concat(Array.from({ length: 4600 }, () => record));
  const bytes = message(1, 4600, name, Buffer.from([0, 1, 0, 1]), records);
  const reading = read(bytes);
  assert.ok(!reading.ok);
  assert.match(reading.problem, /unfold without measure/);
});

test('chains of pointers are not followed for long', () => {
  // Each points to the one before; the records then all begin at the last.
  const pointers = Array.from({ length: 8000 }, (_, at) => {
    const target = at === 0 ? 12 : 12 + QUESTION.length + (at - 1) * 2;
    return [0xc0 | (target >> 8), target & 0xff];
  });
  const chain = Buffer.from(pointers.flat());
  // Inside the data of an unknown record, where they are no names yet.
  const holder = Buffer.from([0, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  holder.writeUInt16BE(chain.length, 9);
  const reading = read(message(1, 2, QUESTION, holder, chain, Buffer.from([0xff, 0xff])));
  assert.equal(reading.ok, false);
});

test('queries carry an id of 16 bits that differs from sending to sending', () => {
  const ids = Array.from({ length: 200 }, () => query.withFreshId().id);
  assert.ok(new Set(ids).size > 190);
  assert.ok(Math.max(...ids) > 0x8000 && Math.max(...ids) <= 0xffff);
});
