// What a server says, cut anywhere, mutated anywhere, made of anything: the same events for the same
// bytes, never an exception, and an end to every flood.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  goaway,
  headers,
  reset,
} from '../grpc/testing/frames.ts';
import { Incoming } from './incoming.ts';
import type { Violation } from './violation.ts';

const NOTHING = Buffer.alloc(0);
const SETTINGS = frame(FRAME.settings, 0, 0, NOTHING);
const CONTINUATION = 9;
const PING = 6;

interface Heard {
  events: string[];
  violation: Violation | undefined;
}

/** `cuts`: where the bytes are cut, in any order. */
function hear(bytes: Buffer, cuts: readonly number[] = []): Heard {
  const events: string[] = [];
  const tell = (...what: unknown[]) => void events.push(what.map(String).join(' '));
  const incoming = new Incoming({
    headers: (id, { fields, status, problem, tooLarge }, end) =>
      tell('headers', id, status, fields.names, fields.values, problem, tooLarge, end),
    data: (id, data, window, end) => tell('data', id, data.toString('hex'), window, end),
    reset: (id, code) => tell('reset', id, code),
    settings: (payload) => tell('settings', payload.toString('hex')),
    ping: (payload) => tell('ping', payload.toString('hex')),
    goaway: (id, code, said) => tell('goaway', id, code, said.toString('hex')),
    windowUpdate: (id, more) => tell('window', id, more),
  });
  const sorted = [...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
  let [from, violation]: [number, Violation | undefined] = [0, undefined];
  for (const to of [...sorted, bytes.length]) {
    // A copy that is overwritten afterwards, as the socket's buffer is.
    const piece = Buffer.from(bytes.subarray(from, to));
    violation = incoming.feed(piece);
    piece.fill(0xaa);
    from = to;
    if (violation !== undefined) break;
  }
  return { events, violation };
}

const ANSWER = Buffer.concat([
  SETTINGS,
  headers(1, { ':status': '103', link: '</a>' }),
  frame(FRAME.headers, 0x28, 1, Buffer.from([1, 0, 0, 0, 0, 9, 0x88, 0])),
  frame(CONTINUATION, 0, 1, Buffer.from([0x40, 1, 0x61])),
  frame(CONTINUATION, END_HEADERS, 1, Buffer.from([1, 0x62])),
  frame(PING, 0, 0, Buffer.alloc(8, 7)),
  frame(FRAME.data, 8, 1, Buffer.from([2, 0x68, 0x69, 0, 0])),
  frame(99, 0, 5, Buffer.from('unknown')),
  frame(8, 0, 1, Buffer.from([0, 0, 0, 5])),
  headers(1, { 'x-end': 'y' }, END_STREAM),
  reset(3, 8),
  goaway(1, 0, 'bye'),
]);

test('an answer in all its frames', () => {
  const { events, violation } = hear(ANSWER);
  assert.equal(violation, undefined);
  assert.deepEqual(events, [
    'settings ',
    'headers 1 103 link </a> undefined false false',
    'headers 1 200 a b undefined false false',
    'ping 0707070707070707',
    'data 1 6869 5 false',
    'window 1 5',
    'headers 1 0 x-end y undefined false true',
    'reset 3 8',
    'goaway 1 0 627965',
  ]);
});

test('where it is cut makes no difference, whatever is mutated', () => {
  const cuts = fc.array(fc.nat({ max: 1000 }), { maxLength: 30 });
  const changes = fc.array(fc.tuple(fc.nat({ max: 1000 }), fc.nat({ max: 255 })), { maxLength: 4 });
  fc.assert(
    fc.property(cuts, changes, (where, what) => {
      const bytes = Buffer.from(ANSWER);
      for (const [at, byte] of what) bytes[at % bytes.length] = byte;
      assert.deepEqual(hear(bytes, where), hear(bytes));
      assert.deepEqual(hear(bytes, [...bytes.keys()]), hear(bytes));
    }),
    { numRuns: 500 },
  );
});

test('random frames never throw', () => {
  const one = fc
    .tuple(fc.nat({ max: 11 }), fc.nat({ max: 255 }), fc.nat({ max: 3 }), fc.uint8Array())
    .map(([type, flags, streamId, payload]) => frame(type, flags, streamId, payload));
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), (frames) => {
      hear(Buffer.concat([SETTINGS, ...frames]));
    }),
    { numRuns: 2000 },
  );
});

const block = (bytes: number) => Buffer.alloc(bytes, 0x88);
const WRONG: [string, Buffer[], RegExp][] = [
  ['another protocol', [Buffer.from('HTTP/1.1 400 Bad\r\n')], /begins with "HTTP\/1\.1 "/],
  ['no settings first', [frame(PING, 0, 0, Buffer.alloc(8))], /instead of its settings/],
  ['a frame that is too large', [SETTINGS, frame(0, 0, 1, Buffer.alloc(16_385))], /16385 bytes/],
  ['a push', [SETTINGS, frame(5, 4, 1, Buffer.alloc(8))], /pushes/],
  ['data on the connection', [SETTINGS, frame(0, 0, 0, NOTHING)], /type 0 is on stream 0/],
  ['settings on a stream', [SETTINGS, frame(4, 0, 1, NOTHING)], /type 4 is on stream 1/],
  ['more padding than bytes', [SETTINGS, frame(0, 8, 1, Buffer.from([5, 1]))], /padding/],
  ['a continuation of nothing', [SETTINGS, frame(9, 4, 1, NOTHING)], /interrupted/],
  [
    'a block that is interrupted',
    [SETTINGS, frame(1, 0, 1, block(1)), frame(PING, 0, 0, Buffer.alloc(8))],
    /interrupted/,
  ],
  [
    'a block that goes on on another stream',
    [SETTINGS, frame(1, 0, 1, block(1)), frame(9, 4, 3, block(1))],
    /interrupted/,
  ],
  ['a short ping', [SETTINGS, frame(PING, 0, 0, Buffer.alloc(7))], /type 6 has 7 bytes/],
  ['a short goaway', [SETTINGS, frame(7, 0, 0, Buffer.alloc(7))], /type 7 has 7 bytes/],
  ['a long reset', [SETTINGS, frame(3, 0, 1, Buffer.alloc(5))], /type 3 has 5 bytes/],
  ['an answer to settings with bytes', [SETTINGS, frame(4, 1, 0, block(6))], /type 4 has 6 bytes/],
  ['fields that are none', [SETTINGS, frame(1, 4, 1, Buffer.from([0xc0]))], /never named/],
  [
    'a block without an end',
    [SETTINGS, frame(1, 0, 1, block(16_000)), ...Array(9).fill(frame(9, 0, 1, block(16_000)))],
    /larger than 131072/,
  ],
  [
    'a block of empty pieces',
    [SETTINGS, frame(1, 0, 1, block(1)), ...Array(10_000).fill(frame(9, 0, 1, NOTHING))],
    /bring nothing/,
  ],
  ['a flood', [SETTINGS, ...Array(10_000).fill(frame(2, 0, 1, Buffer.alloc(5)))], /bring nothing/],
];
for (const [name, frames, message] of WRONG) {
  test(`wrong: ${name}`, () => {
    const { violation } = hear(Buffer.concat(frames));
    assert.match(violation?.text ?? 'nothing wrong', message);
  });
}
