import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededChance } from '@holdfast/kernel';
import { echoAddressOf, textOfAddress } from './echo-address.ts';
import type { EchoNews } from './echo-news.ts';
import { NewsRing, type Receipt } from './news-ring.ts';
import {
  type EchoListener,
  WAITING_MAX,
  type WaitingEcho,
  WaitingEchoes,
} from './waiting-echoes.ts';

const LISTENER: EchoListener = { heard() {}, broken() {} };
const HERE = addressOf('127.0.0.1');

function addressOf(ip: string) {
  const address = echoAddressOf(ip);
  assert.ok(address !== undefined);
  return address;
}

function replyTo(echo: WaitingEcho, wish: Partial<EchoNews> = {}): EchoNews {
  const { sequence, token, destination } = echo;
  const { version, bytes } = destination;
  const addresses = { from: bytes, destination: bytes };
  return {
    kind: 'reply',
    version,
    identifier: 1,
    sequence,
    token,
    type: 0,
    code: 0,
    ...addresses,
    ...wish,
  };
}

function waitingOne(): { waiting: WaitingEchoes; echo: WaitingEcho } {
  const waiting = new WaitingEchoes(seededChance(1));
  const echo = waiting.add(LISTENER, HERE, 1);
  assert.ok(echo !== undefined);
  return { waiting, echo };
}

test('news find their echo once; a doubled reply is nobody’s', () => {
  const { waiting, echo } = waitingOne();
  assert.equal(waiting.take(replyTo(echo)), echo);
  assert.equal(waiting.take(replyTo(echo)), undefined);
  assert.equal(waiting.size, 0);
});

test('news that disagree in anything are nobody’s, and the echo waits on', () => {
  const { waiting, echo } = waitingOne();
  const [one, two] = echo.token;
  const { token: _, ...withoutToken } = replyTo(echo);
  const strangers: EchoNews[] = [
    replyTo(echo, { sequence: echo.sequence + 1 }),
    replyTo(echo, { token: [one, two ^ 1] }),
    replyTo(echo, { version: 6 }),
    replyTo(echo, { destination: Uint8Array.of(127, 0, 0, 2) }),
    withoutToken,
  ];
  for (const stranger of strangers) assert.equal(waiting.take(stranger), undefined);
  assert.equal(waiting.size, 1);
  assert.equal(waiting.take({ ...withoutToken, kind: 'error' }), echo);
});

test('no more echoes wait than there are sequence numbers, and numbers come back', () => {
  const waiting = new WaitingEchoes(seededChance(1));
  const echoes: WaitingEcho[] = [];
  for (let number = 0; number < WAITING_MAX; number += 1) {
    const echo = waiting.add(LISTENER, HERE, number);
    assert.ok(echo !== undefined);
    echoes.push(echo);
  }
  assert.equal(new Set(echoes.map(({ sequence }) => sequence)).size, WAITING_MAX);
  assert.equal(waiting.add(LISTENER, HERE, 0), undefined);
  const freed = echoes[4711];
  assert.ok(freed !== undefined);
  waiting.remove(freed);
  const next = waiting.add(LISTENER, HERE, 0);
  assert.equal(next?.sequence, freed.sequence);
  // The old one must not remove the new one of the same number.
  waiting.remove(freed);
  assert.equal(waiting.size, WAITING_MAX);
});

function drained(ring: NewsRing): { news: EchoNews; receipt: Receipt }[] {
  const all: { news: EchoNews; receipt: Receipt }[] = [];
  ring.drain((news, receipt) => all.push({ news, receipt }));
  return all;
}

test('the ring hands on what was written, over the same memory', () => {
  const { echo } = waitingOne();
  const reader = new NewsRing();
  const writer = new NewsRing(reader.memory);
  const v6 = addressOf('2001:db8::1').bytes;
  const { token: _, ...error } = replyTo(echo, {
    kind: 'error',
    version: 6,
    from: v6,
    destination: v6,
  });
  const full = { ttl: 255, receivedSeconds: 4_000_000_000, receivedNanoseconds: 999_999_999 };
  writer.write(replyTo(echo, { identifier: 65_535 }), full);
  writer.write({ ...error, type: 3, code: 13 }, {});
  assert.deepEqual(drained(reader), [
    { news: replyTo(echo, { identifier: 65_535 }), receipt: full },
    { news: { ...error, type: 3, code: 13 }, receipt: {} },
  ]);
  assert.deepEqual(drained(reader), []);
});

test('one wake-up stands for all news until it is heard', () => {
  const { echo } = waitingOne();
  const ring = new NewsRing();
  assert.equal(ring.mustWake(), false);
  ring.write(replyTo(echo), {});
  assert.deepEqual([ring.mustWake(), ring.mustWake()], [true, false]);
  drained(ring);
  ring.write(replyTo(echo), {});
  assert.equal(ring.mustWake(), true);
});

test('a full ring drops and counts, and goes on after it was read', () => {
  const { echo } = waitingOne();
  const ring = new NewsRing();
  for (let written = 0; written < 5000; written += 1) ring.write(replyTo(echo), {});
  assert.deepEqual([drained(ring).length, ring.dropped], [4096, 904]);
  for (let written = 0; written < 4096; written += 1) ring.write(replyTo(echo), {});
  assert.deepEqual([drained(ring).length, ring.dropped], [4096, 904]);
});

test('addresses: bytes, struct sockaddr, and back to text', () => {
  assert.deepEqual([...HERE.socketAddress.subarray(0, 8)], [2, 0, 0, 0, 127, 0, 0, 1]);
  assert.equal(addressOf('fe80::1%7').socketAddress.readUInt32LE(24), 7);
  assert.equal(addressOf('fe80::1%nosuch0').socketAddress.readUInt32LE(24), 0);
  assert.equal(addressOf('::ffff:192.0.2.1').version, 4);
  assert.equal(echoAddressOf('example.org'), undefined);
  for (const text of ['192.0.2.1', '2001:db8::1', '::1']) {
    assert.equal(textOfAddress(addressOf(text).bytes), text);
  }
});
