// What can happen to the connection of a call, and to the call with it: reset, sent away, closed,
// silent, called off. Each has its fault, at once, and nothing is left open.

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { fault as faultOf } from '@holdfast/kernel';
import { countOfSockets, until } from '../testing/condition.ts';
import { deafPort } from '../testing/deaf-port.ts';
import { rawServer } from '../testing/raw-server.ts';
import { HEALTH_PATH } from './call-plan.ts';
import { frameMessage } from './message-reader.ts';
import { END_STREAM, FRAME, frame, frameServer, goaway, headers, reset } from './testing/frames.ts';
import { type ProbeOptions, probeGrpc } from './testing/grpc-probe.ts';
import { grpcServer, type Handler } from './testing/grpc-server.ts';

const SERVING = Buffer.from([8, 1]);
const HEAD = { ':status': '200', 'content-type': 'application/grpc' };

async function probeOf(handler: Handler, options: ProbeOptions) {
  const server = await grpcServer({ [HEALTH_PATH]: handler });
  const result = await probeGrpc({ port: server.port }, options);
  await until(() => server.sessions.size === 0 && countOfSockets() === 0);
  await server.close();
  return result;
}

async function probeFrames(reply: (socket: Socket) => void) {
  const server = await frameServer(reply);
  const result = await probeGrpc({ port: server.port });
  await until(() => server.open.size === 0 && countOfSockets() === 0);
  await server.close();
  return result;
}

async function probeRaw(behave: (socket: Socket) => void) {
  const server = await rawServer(behave);
  const result = await probeGrpc({ port: server.port });
  await until(() => countOfSockets() === 0);
  await server.close();
  return result;
}

for (const [code, name, faultCode] of [
  [0, 'NO_ERROR', 'PROTOCOL_CLOSED_EARLY'],
  [1, 'PROTOCOL_ERROR', 'PROTOCOL_INVALID_ANSWER'],
  [2, 'INTERNAL_ERROR', 'SERVER_FAILED'],
  [7, 'REFUSED_STREAM', 'REFUSED_BY_SERVER'],
  [8, 'CANCEL', 'PROTOCOL_CLOSED_EARLY'],
  [11, 'ENHANCE_YOUR_CALM', 'REFUSED_BY_SERVER'],
] as const) {
  test(`RST_STREAM ${name}`, async () => {
    const { fault } = await probeFrames((socket) => socket.write(reset(1, code)));
    assert.equal(fault?.code, faultCode, fault?.message ?? '');
    assert.match(fault?.message ?? '', new RegExp(`reset the stream: ${name} \\(${code}\\)`));
  });
}

test('RST_STREAM after the head', async () => {
  const { fault } = await probeFrames((socket) => {
    socket.write(headers(1, HEAD));
    socket.write(reset(1, 2));
  });
  assert.deepEqual([fault?.code, fault?.phase], ['SERVER_FAILED', 'transfer']);
});

test('GOAWAY with a reason', async () => {
  const { fault } = await probeFrames((socket) => socket.write(goaway(0, 11, 'too_many_pings')));
  assert.equal(fault?.code, 'REFUSED_BY_SERVER');
  assert.match(fault?.message ?? '', /GOAWAY: ENHANCE_YOUR_CALM \(11\), "too_many_pings"/);
});

test('GOAWAY that leaves the call out', async () => {
  const { fault } = await probeFrames((socket) => socket.write(goaway(0, 0)));
  assert.equal(fault?.code, 'PROTOCOL_CLOSED_EARLY');
  assert.match(fault?.message ?? '', /GOAWAY: NO_ERROR/);
});

test('GOAWAY that lets the call end', async () => {
  const { status, fault } = await probeFrames((socket) => {
    socket.write(goaway(2 ** 31 - 1, 0));
    socket.write(headers(1, HEAD));
    socket.write(frame(FRAME.data, 0, 1, frameMessage(SERVING)));
    socket.end(headers(1, { 'grpc-status': '0' }, END_STREAM));
  });
  assert.equal(status, 'up', fault?.message ?? '');
});

test('an answer and the end of the connection in one piece', async () => {
  const { status, fault } = await probeFrames((socket) => {
    const message = frame(FRAME.data, 0, 1, frameMessage(SERVING));
    const trailers = headers(1, { 'grpc-status': '0' }, END_STREAM);
    socket.end(Buffer.concat([headers(1, HEAD), message, trailers]));
  });
  assert.equal(status, 'up', fault?.message ?? '');
});

test('what comes after the whole answer changes nothing', async () => {
  const { status, fault } = await probeFrames((socket) => {
    const message = frame(FRAME.data, 0, 1, frameMessage(SERVING));
    const trailers = headers(1, { 'grpc-status': '0' }, END_STREAM);
    socket.write(Buffer.concat([headers(1, HEAD), message, trailers, goaway(1, 2)]));
  });
  assert.equal(status, 'up', fault?.message ?? '');
});

for (const [name, behave, code] of [
  ['ends', (socket: Socket) => socket.end(), 'PROTOCOL_CLOSED_EARLY'],
  ['resets', (socket: Socket) => socket.resetAndDestroy(), 'CONNECT_RESET'],
  [
    'ends within the answer',
    (socket: Socket) => socket.end(headers(1, HEAD)),
    'PROTOCOL_CLOSED_EARLY',
  ],
  [
    'sends a broken frame',
    (socket: Socket) => socket.write(frame(FRAME.settings, 0, 0, Buffer.alloc(5))),
    'PROTOCOL_INVALID_ANSWER',
  ],
] as const) {
  test(`a connection that ${name} mid-call`, async () => {
    const { fault } = await probeFrames(behave);
    assert.equal(fault?.code, code, fault?.message ?? '');
  });
}

test('a server that speaks HTTP/1.1', async () => {
  const { fault } = await probeRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  assert.equal(fault?.code, 'PROTOCOL_INVALID_ANSWER');
  assert.match(fault?.message ?? '', /does not speak HTTP\/2/);
});

test('a server that closes at once', async () => {
  const { fault } = await probeRaw((socket) => socket.end());
  assert.equal(fault?.code, 'PROTOCOL_CLOSED_EARLY');
});

test('a port that is closed, and a host that never answers', async () => {
  const server = await rawServer(() => {});
  await server.close();
  assert.equal((await probeGrpc({ port: server.port })).fault?.code, 'CONNECT_REFUSED');
  const deaf = await deafPort();
  const { fault } = await probeGrpc({ port: deaf.port }, { timeoutMs: 200 });
  await deaf.close();
  assert.deepEqual([fault?.code, fault?.phase], ['TIMEOUT', 'connect']);
});

test('a server that never answers: the deadline, the phase, and the call cancelled', async () => {
  const server = await frameServer(() => {});
  const { fault, status, phases } = await probeGrpc({ port: server.port }, { timeoutMs: 200 });
  assert.deepEqual([status, fault?.code, fault?.phase], ['timeout', 'TIMEOUT', 'wait']);
  assert.deepEqual(phases, ['connect', 'write', 'wait']);
  await until(() => server.open.size === 0 && countOfSockets() === 0);
  const resets = server.frames.filter(({ type }) => type === FRAME.reset);
  assert.deepEqual(
    resets.map(({ payload }) => payload.readUInt32BE()),
    [8],
  );
  await server.close();
});

test('a server that drips a message for ever', async () => {
  const { fault, phases } = await probeOf(
    (call) => {
      call.head().stream.write(Buffer.from([0, 0, 0, 1, 0]));
      const timer = setInterval(() => call.stream.write(Buffer.from([1])), 10);
      call.stream.on('close', () => clearInterval(timer));
    },
    { timeoutMs: 300 },
  );
  assert.deepEqual([fault?.code, fault?.phase, phases.at(-1)], ['TIMEOUT', 'transfer', 'transfer']);
});

test('a run that is called off ends at once, before and during the call', async () => {
  const reason = faultOf('PROBER_FAILED', 'The run was called off.');
  const before = new AbortController();
  before.abort(reason);
  const early = await probeOf(() => {}, { controller: before });
  assert.deepEqual([early.status, early.fault?.message.slice(0, 23)], ['invalid', reason.message]);
  const during = new AbortController();
  const late = await probeOf(() => during.abort(reason), { controller: during });
  assert.deepEqual([late.status, late.fault?.phase], ['invalid', 'wait']);
});
