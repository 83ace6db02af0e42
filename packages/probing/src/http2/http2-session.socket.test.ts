// Sessions against servers that hold to the rules in odd ways, and against those that do not: every
// one ends in a result, at once, and what one answer breaks is no other's loss.

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { PoolSpec } from '@holdfast/resources/compiled-check';
import { goaway, headers, reset } from '../grpc/testing/frames.ts';
import { createProbeRunner, type ProbeRunner } from '../probe-runner.ts';
import { type HttpWish, httpCheck, PLAN, probeOnce, RUNNER_OPTIONS } from '../testing/checks.ts';
import { countOfSockets, until } from '../testing/condition.ts';
import { FLAG, FRAME, frame, windowUpdateFrame } from './frame.ts';
import { type Script, type ScriptedServer, scriptedServer } from './testing/scripted-server.ts';

const POOL: PoolSpec = {
  name: 'p',
  idleMax: 2,
  idlePerHostMax: 2,
  perHostMax: 1,
  idleTimeoutMs: 60_000,
};
const OK = { ':status': '200' };
const NOTHING = Buffer.alloc(0);
const fine: Script = (socket, id) => socket.write(headers(id, OK, FLAG.endStream));
const fields = (count: number) =>
  Buffer.concat(
    Array.from({ length: count }, (_, at) => {
      const name = Buffer.from(`x-${String(at).padStart(8, '0')}`);
      return Buffer.concat([Buffer.from([0x40, name.length]), name, Buffer.from([1, 0x79])]);
    }),
  );
const STATUS = Buffer.from([0x88]);
/** A header block whose end does not come. */
const half = (id: number, count = 10) =>
  frame(FRAME.headers, 0, id, Buffer.concat([STATUS, fields(count)]));

async function onStage<T>(
  script: Script,
  act: (server: ScriptedServer) => Promise<T>,
  settings?: Buffer,
): Promise<T> {
  const server = await scriptedServer(script, settings);
  try {
    return await act(server);
  } finally {
    await server.close();
    await until(() => countOfSockets() === 0);
  }
}

function probing(script: Script, wish: Partial<HttpWish> = {}, settings?: Buffer) {
  const act = (server: ScriptedServer) =>
    probeOnce(httpCheck({ url: server.url(), version: '2', ...wish }));
  return onStage(script, act, settings);
}

const HOSTILE: [name: string, script: (socket: Socket, id: number) => void, code: string][] = [
  [
    'a reset amid a header block',
    (socket, id) => socket.write(Buffer.concat([half(id), reset(id, 8)])),
    'PROTOCOL_INVALID_ANSWER',
  ],
  [
    'GOAWAY amid a header block',
    (socket, id) => socket.write(Buffer.concat([half(id), goaway(id, 0)])),
    'PROTOCOL_INVALID_ANSWER',
  ],
  ['an end amid a header block', (socket, id) => socket.end(half(id)), 'PROTOCOL_CLOSED_EARLY'],
  [
    'a name that is none',
    (socket, id) => socket.write(headers(id, { ...OK, 'Upper Case': 'x' })),
    'PROTOCOL_INVALID_ANSWER',
  ],
  [
    'a line break in a value',
    (socket, id) => socket.write(headers(id, { ...OK, 'x-a': 'b\r\nc: d' })),
    'PROTOCOL_INVALID_ANSWER',
  ],
  [
    'no status',
    (socket, id) => socket.write(headers(id, { 'x-a': 'b' })),
    'PROTOCOL_INVALID_ANSWER',
  ],
  [
    'a body before its head',
    (socket, id) => socket.write(frame(FRAME.data, 0, id, Buffer.from('x'))),
    'PROTOCOL_INVALID_ANSWER',
  ],
  [
    'a field of HTTP/1.1',
    (socket, id) => socket.write(headers(id, { ...OK, connection: 'close' })),
    'PROTOCOL_INVALID_ANSWER',
  ],
  [
    'data on a stream that never was',
    (socket) => socket.write(frame(FRAME.data, 0, 77, Buffer.from('x'))),
    'PROTOCOL_INVALID_ANSWER',
  ],
  [
    'windows beyond all bounds',
    (socket, id) => {
      socket.write(windowUpdateFrame(id, 2 ** 31 - 1));
      socket.write(windowUpdateFrame(id, 2 ** 31 - 1));
    },
    'PROTOCOL_INVALID_ANSWER',
  ],
  [
    'more than the window',
    (socket, id) => {
      socket.write(headers(id, OK));
      // Padding is of the window, and brings no body.
      const padded = frame(FRAME.data, FLAG.padded, id, Buffer.alloc(256, 255));
      for (let at = 0; at < 20_000 && !socket.destroyed; at += 1) socket.write(padded);
    },
    'PROTOCOL_LIMIT_EXCEEDED',
  ],
  [
    'a header block without an end',
    (socket, id) => {
      const more = frame(FRAME.continuation, 0, id, Buffer.alloc(16_000, 0x88));
      socket.write(half(id));
      for (let at = 0; at < 20; at += 1) socket.write(more);
    },
    'PROTOCOL_LIMIT_EXCEEDED',
  ],
  [
    'a flood of pings',
    (socket) => {
      const pings = Array.from({ length: 1000 }, () => frame(FRAME.ping, 0, 0, Buffer.alloc(8)));
      for (let at = 0; at < 30 && !socket.destroyed; at += 1) socket.write(Buffer.concat(pings));
    },
    'PROTOCOL_LIMIT_EXCEEDED',
  ],
];
for (const [name, script, code] of HOSTILE) {
  test(`hostile: ${name}`, async () => {
    const result = await probing(script, { timeoutMs: 5000 });
    assert.equal(result.fault?.code, code, result.fault?.message ?? 'no fault');
  });
}

test('what one answer has too much is no loss of the others', async () => {
  const tooMany: Script = (socket, id) => {
    // Kept in the table of the connection, so the block has to be read all the same.
    const block = Buffer.concat([STATUS, fields(300)]);
    if (id === 3) socket.write(frame(FRAME.headers, FLAG.endHeaders, id, block));
    // The youngest field of that table, by its number.
    else if (id === 5) socket.write(frame(FRAME.headers, 5, id, Buffer.from([0x88, 0xbe])));
    else fine(socket, id, []);
  };
  await onStage(tooMany, async (server) => {
    const runner = createProbeRunner(RUNNER_OPTIONS);
    const probe = () =>
      runner.run(httpCheck({ url: server.url(), version: '2', pool: POOL }), PLAN);
    assert.equal((await probe()).status, 'up');
    assert.equal((await probe()).fault?.code, 'PROTOCOL_LIMIT_EXCEEDED');
    const third = await probe();
    assert.deepEqual([third.status, third.context.reused], ['up', true]);
    assert.deepEqual(third.detail.headers, { 'x-00000299': 'y' });
    await runner.close();
  });
});

test('preface and request go out at once; settings and pings are answered; GOAWAY at the end', () =>
  onStage(
    (socket, id) => {
      socket.write(frame(FRAME.ping, 0, 0, Buffer.from('12345678')));
      fine(socket, id, []);
    },
    async (server) => {
      const result = await probeOnce(httpCheck({ url: server.url(), version: '2' }));
      assert.equal(result.status, 'up', result.fault?.message ?? '');
      await until(() => server.frames.at(-1)?.type === FRAME.goaway);
      const seen = server.frames.map(({ type, flags }) => `${type} ${flags}`);
      assert.deepEqual(seen.slice(0, 3), ['4 0', '8 0', '1 5']);
      assert.deepEqual(seen.slice(3).sort(), ['4 1', '6 1', '7 0']);
      const pong = server.frames.find(({ type }) => type === FRAME.ping);
      assert.equal(pong?.payload.toString(), '12345678');
    },
  ));

test('a body waits for the windows, and goes in frames that the peer takes', async () => {
  const body = 'x'.repeat(300_000);
  // A window of 1000 bytes for each stream.
  const settings = Buffer.from([0, 4, 0, 0, 3, 0xe8]);
  const script: Script = (socket, id, frames) => {
    const sent = () => frames.filter(({ type }) => type === FRAME.data);
    const bytes = () => sent().reduce((sum, { payload }) => sum + payload.length, 0);
    const answer = () => {
      if (sent().some(({ flags }) => flags === FLAG.endStream)) {
        assert.equal(bytes(), body.length);
        fine(socket, id, frames);
        return;
      }
      // What was sent before the settings came went by the default.
      const allowed = Math.max(65_535, granted);
      assert.ok(bytes() <= allowed, `${bytes()} of ${allowed}`);
      granted += 70_000;
      socket.write(windowUpdateFrame(0, 70_000));
      socket.write(windowUpdateFrame(id, 70_000));
    };
    let granted = 1000;
    socket.on('data', () => setImmediate(answer));
  };
  const result = await probing(script, { method: 'POST', body, timeoutMs: 5000 }, settings);
  assert.equal(result.status, 'up', result.fault?.message ?? '');
});

test('a body of many windows is read to its end', async () => {
  const bytes = 5_000_000;
  const result = await probing(
    (socket, id) => {
      socket.write(headers(id, OK));
      for (let at = 0; at < bytes / 10_000; at += 1) {
        socket.write(frame(FRAME.data, 0, id, Buffer.alloc(10_000)));
      }
      socket.write(frame(FRAME.data, FLAG.endStream, id, NOTHING));
    },
    { bodyBytesMax: bytes, timeoutMs: 5000 },
  );
  assert.deepEqual([result.status, result.detail.body_length], ['up', bytes]);
});

test('whoever has a small table is told that ours is empty', () =>
  onStage(
    fine,
    async (server) => {
      const runner: ProbeRunner = createProbeRunner(RUNNER_OPTIONS);
      const check = httpCheck({ url: server.url(), version: '2', pool: POOL });
      for (let at = 0; at < 3; at += 1) assert.equal((await runner.run(check, PLAN)).status, 'up');
      await runner.close();
      const heads = server.frames.filter(({ type }) => type === FRAME.headers);
      const told = heads.map(({ payload }) => payload[0] === 0x20);
      assert.deepEqual(told, [false, true, false]);
    },
    // No table at all.
    Buffer.from([0, 1, 0, 0, 0, 0]),
  ));

test('called off at every point, hundreds of times, it leaves nothing behind', () =>
  onStage(
    (socket, id) => {
      socket.write(half(id));
      setImmediate(() => socket.write(frame(FRAME.continuation, FLAG.endHeaders, id, NOTHING)));
    },
    async (server) => {
      const runner = createProbeRunner(RUNNER_OPTIONS);
      const check = httpCheck({ url: server.url(), version: '2' });
      for (let round = 0; round < 300; round += 1) {
        const off = new AbortController();
        const running = runner.run(check, PLAN, off.signal);
        for (let turn = 0; turn < round % 12; turn += 1) await new Promise(setImmediate);
        off.abort();
        assert.equal((await running).status, 'invalid');
      }
      await runner.close();
      await until(() => server.open.size === 0);
    },
  ));
