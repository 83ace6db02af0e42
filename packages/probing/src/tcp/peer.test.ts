// A peer in pieces: however its bytes are cut, the same lines and bytes are taken. The socket is a
// real one that was never connected.

import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { fault } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import fc from 'fast-check';
import type { ByteStream } from '../byte-stream.ts';
import { PhaseLog } from '../phase-log.ts';
import { Peer } from './peer.ts';

function peerOf(bytesMax = 1000) {
  const stream: ByteStream = { socket: new Socket(), receive: () => {} };
  const controller = new AbortController();
  const log = new PhaseLog({ clock: new SimulatedClock() });
  const peer = new Peer(stream, log, controller.signal, bytesMax);
  return { peer, stream, controller, log };
}

const text = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r', '\0'), maxLength: 80 });

test('lines are the same whatever the pieces', () => {
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 80 }), (said, cuts) => {
      const { peer, stream } = peerOf();
      const whole = Buffer.from(said);
      const lines: string[] = [];
      const takeAll = () => {
        for (let line = peer.takeLine(); line !== undefined; line = peer.takeLine())
          lines.push(line);
      };
      let at = 0;
      for (const length of [...cuts, whole.length]) {
        const piece = Buffer.from(whole.subarray(at, at + length));
        stream.receive(piece);
        // The readers of all sockets share one buffer.
        piece.fill(0x58);
        at += piece.length;
        takeAll();
      }
      const rest = peer.takeRest();
      const expected = said.split('\n').map((line) => line.replace(/\r$/, ''));
      const seen = rest === undefined ? [...lines, ''] : [...lines, rest];
      assert.deepEqual(seen, expected);
      assert.equal(peer.heardSince(0), said);
    }),
  );
});

test('bytes are taken whole, told early when they are others, and lines go on after them', () => {
  const { peer, stream } = peerOf();
  stream.receive(Buffer.from('ab'));
  assert.equal(peer.takeBytes(Buffer.from('abc')), 2);
  assert.equal(peer.takeBytes(Buffer.from('ax')), undefined);
  stream.receive(Buffer.from('c\nline\n'));
  assert.equal(peer.takeLine(), 'abc');
  assert.equal(peer.takeBytes(Buffer.from('li')), 2);
  assert.deepEqual(
    [peer.takeLine(), peer.takeLine(), peer.takeRest()],
    ['ne', undefined, undefined],
  );
});

test('past the bound nothing is kept, and the wait says so', async () => {
  const { peer, stream } = peerOf(5);
  const waiting = peer.until(() => peer.takeLine());
  stream.receive(Buffer.from('1234567\n'));
  assert.deepEqual(await waiting, { kind: 'full' });
  assert.equal(peer.unread().toString(), '12345');
  stream.receive(Buffer.from('more'));
  assert.equal(peer.unread().length, 5);
});

test('what was heard before the end, the break or the abort can still be taken', async () => {
  for (const end of ['end', 'error', 'abort'] as const) {
    const { peer, stream, controller } = peerOf();
    stream.receive(Buffer.from('said\n'));
    if (end === 'end') stream.socket.emit('end');
    else if (end === 'error') stream.socket.emit('error', { code: 'ECONNRESET', message: '' });
    else controller.abort(fault('TIMEOUT', 'Late.'));
    assert.deepEqual(await peer.until(() => peer.takeLine()), { kind: 'value', value: 'said' });
    const { kind } = await peer.until(() => peer.takeLine());
    assert.equal(kind, end === 'end' ? 'closed' : 'fault');
  }
});

test('who left hears nothing any more and holds no listener', () => {
  const { peer, stream, controller } = peerOf();
  peer.leave();
  stream.receive(Buffer.from('late'));
  controller.abort();
  assert.equal(peer.unread().length, 0);
  for (const event of ['end', 'error']) assert.ok(stream.socket.listenerCount(event) <= 1);
});
