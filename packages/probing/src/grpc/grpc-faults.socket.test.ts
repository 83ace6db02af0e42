// Everything that a server, or something in front of it, can answer wrongly over a sound connection:
// each has its fault, and nothing is left open.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOfSockets, until } from '../testing/condition.ts';
import { HEALTH_PATH } from './call-plan.ts';
import { frameMessage } from './message-reader.ts';
import { probeGrpc } from './testing/grpc-probe.ts';
import { grpcServer, type Handler, unary } from './testing/grpc-server.ts';

const SERVING = Buffer.from([8, 1]);

async function probeOf(handler: Handler) {
  const server = await grpcServer({ [HEALTH_PATH]: handler });
  const result = await probeGrpc({ port: server.port });
  await until(() => server.sessions.size === 0 && countOfSockets() === 0);
  await server.close();
  return result;
}

const respond = (status: number, contentType: string): Handler => {
  return ({ stream }) => {
    stream.respond({ ':status': status, 'content-type': contentType });
    stream.end('<html>');
  };
};

const HANDLED: readonly [string, Handler, string, RegExp][] = [
  ['HTTP 503', respond(503, 'text/html'), 'SERVER_FAILED', /HTTP status 503/],
  ['HTTP 404', respond(404, 'text/html'), 'REFUSED_BY_SERVER', /HTTP status 404/],
  ['HTTP 302', respond(302, 'text/html'), 'PROTOCOL_INVALID_ANSWER', /HTTP status 302/],
  [
    'a web page',
    respond(200, 'text/html'),
    'PROTOCOL_INVALID_ANSWER',
    /content-type is text\/html/,
  ],
  [
    'trailers without a status',
    (call) => call.head().send(SERVING).finishWith({ 'x-other': '1' }),
    'PROTOCOL_INVALID_ANSWER',
    /without grpc-status/,
  ],
  [
    'no trailers at all',
    ({ stream }) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' });
      stream.end(frameMessage(SERVING));
    },
    'PROTOCOL_INVALID_ANSWER',
    /without grpc-status/,
  ],
  [
    'a status that is no number',
    (call) => call.head().send(SERVING).finish('fine'),
    'PROTOCOL_INVALID_ANSWER',
    /"fine" as grpc-status/,
  ],
  [
    'OK without a message',
    (call) => call.head().finish(0),
    'PROTOCOL_INVALID_ANSWER',
    /unary, but its answer has 0 messages/,
  ],
  [
    'OK with two messages',
    (call) => call.head().send(SERVING).send(SERVING).finish(0),
    'PROTOCOL_INVALID_ANSWER',
    /unary, but its answer has 2 messages/,
  ],
  [
    'a message that is cut off',
    (call) => {
      call.head().stream.write(Buffer.from([0, 0, 0, 0, 9, 1]));
      call.finish(0);
    },
    'PROTOCOL_INVALID_ANSWER',
    /ended within a message/,
  ],
  [
    'a bad frame',
    (call) => {
      call.head().stream.write(Buffer.from('<html>…'));
    },
    'PROTOCOL_INVALID_ANSWER',
    /flag 60/,
  ],
  [
    'a message over the limit',
    (call) => {
      call.head().stream.write(Buffer.from([0, 0x7f, 0, 0, 0]));
    },
    'PROTOCOL_LIMIT_EXCEEDED',
    /2130706432 bytes, the check allows 1000000/,
  ],
  [
    'a message that is no health answer',
    unary(() => Buffer.from([0xff])),
    'PROTOCOL_INVALID_ANSWER',
    /no HealthCheckResponse/,
  ],
  [
    'compressed in a way that was not offered',
    (call) => call.head({ 'grpc-encoding': 'snappy' }).sendCompressed(SERVING).finish(0),
    'PROTOCOL_INVALID_ANSWER',
    /grpc-encoding snappy/,
  ],
  [
    'compressed without a word of it',
    (call) => call.head().sendCompressed(SERVING).finish(0),
    'PROTOCOL_INVALID_ANSWER',
    /grpc-encoding identity/,
  ],
  [
    'gzip that is none',
    (call) => {
      call.head({ 'grpc-encoding': 'gzip' }).stream.write(Buffer.from([1, 0, 0, 0, 2, 8, 1]));
      call.finish(0);
    },
    'PROTOCOL_INVALID_ANSWER',
    /gzip/,
  ],
  [
    'a compressed bomb',
    (call) => {
      call.head({ 'grpc-encoding': 'gzip' }).sendCompressed(Buffer.alloc(5_000_000)).finish(0);
    },
    'PROTOCOL_LIMIT_EXCEEDED',
    /larger than the 1000000 bytes/,
  ],
  [
    'UNAVAILABLE',
    (call) => call.refuse(14, 'draining'),
    'SERVER_FAILED',
    /UNAVAILABLE \(14\): dra/,
  ],
  ['DATA_LOSS later on', (call) => call.head().finish(15), 'SERVER_FAILED', /DATA_LOSS \(15\)/],
  ['DEADLINE_EXCEEDED by the server', (call) => call.refuse(4), 'TIMEOUT', /DEADLINE_EXCEEDED/],
  ['a code of its own', (call) => call.refuse(42), 'SERVER_FAILED', /UNKNOWN \(42\)/],
  ['ABORTED', (call) => call.refuse(10), 'ASSERTION_GRPC_STATUS', /ABORTED/],
];

for (const [name, handler, code, message] of HANDLED) {
  test(name, async () => {
    const { fault, status } = await probeOf(handler);
    assert.equal(fault?.code, code, fault?.message ?? '');
    assert.match(fault?.message ?? '', message);
    assert.equal(status, code === 'TIMEOUT' ? 'timeout' : 'down');
  });
}

test('an HTTP error that brings a status along is judged by the status', async () => {
  const { fault, detail } = await probeOf(({ stream }) => {
    stream.respond({ ':status': 503, 'grpc-status': '14' }, { endStream: true });
  });
  assert.match(fault?.message ?? '', /UNAVAILABLE/);
  assert.deepEqual([detail.http_status, detail.grpc_status], [503, 'UNAVAILABLE']);
});

test('gzip is read', async () => {
  const { status, fault, detail } = await probeOf((call) => {
    call.head({ 'grpc-encoding': 'gzip' }).sendCompressed(SERVING).finish(0);
  });
  assert.equal(status, 'up', fault?.message ?? '');
  assert.equal(detail.serving_status, 'SERVING');
});
