// Calls of any method on real connections: descriptors given or asked for, requests and answers as
// JSON, streams that are cut after enough messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { countOfSockets, until } from '../testing/condition.ts';
import { frameMessage } from './message-reader.ts';
import { OLD_REFLECTION_PATH, REFLECTION_PATH } from './reflection.ts';
import { FRAME, frame, frameServer, headers } from './testing/frames.ts';
import { type GrpcWish, type ProbeOptions, probeGrpc } from './testing/grpc-probe.ts';
import { grpcServer, type Handler, unary } from './testing/grpc-server.ts';
import {
  answerOf,
  decodeWish,
  encodeItem,
  reflection,
  SHOP_FILES,
  SHOP_SET,
} from './testing/shop.ts';

const GET = '/shop.Shop/Get';
const LIST = '/shop.Shop/List';
const ITEM = { name: 'tea', price: { cents: '250' }, inStock: false, number: 0 };

async function shop(handlers: Record<string, Handler>, wish: GrpcWish, options: ProbeOptions = {}) {
  const server = await grpcServer(handlers);
  const result = await probeGrpc({ port: server.port, ...wish }, options);
  await until(() => server.sessions.size === 0 && countOfSockets() === 0);
  await server.close();
  const paths = server.calls.map((call) => call.path);
  return { ...result, calls: server.calls, paths };
}

const get = unary(() => encodeItem(ITEM));
const given = { descriptorSet: SHOP_SET };

test('a unary call with given descriptors: JSON in, JSON out, defaults included', async () => {
  const payload = { name: 'tea', count: 2 };
  const { status, fault, calls, detail, paths } = await shop(
    { [GET]: get },
    {
      call: { ...given, payload },
      expect: {
        json: { name: 'tea', price: { cents: '250' }, inStock: false },
        that: ['message.number == 0 && detail.messages == 1'],
      },
    },
  );
  assert.equal(status, 'up', fault?.message ?? '');
  assert.deepEqual(decodeWish(calls[0]?.received[0] ?? Buffer.alloc(0)), payload);
  assert.deepEqual(paths, [GET]);
  assert.deepEqual([detail.messages, detail.grpc_status], [1, 'OK']);
  assert.equal('reflection_ms' in detail, false);
});

test('a message that is not what was expected', async () => {
  const { fault, kept } = await shop(
    { [GET]: get },
    { call: given, expect: { json: { price: { cents: '300' } } } },
  );
  assert.equal(fault?.code, 'ASSERTION_JSON');
  assert.match(fault?.message ?? '', /\$\.price\.cents is "250", wanted "300"/);
  assert.equal(kept?.message_excerpt, JSON.stringify(ITEM));
});

test('a message that is not of its type', async () => {
  const { fault } = await shop({ [GET]: unary(() => Buffer.from([0x0a, 9, 1])) }, { call: given });
  assert.equal(fault?.code, 'PROTOCOL_INVALID_ANSWER');
  assert.match(fault?.message ?? '', /The message is no shop\.Item/);
});

for (const [name, call, message] of [
  ['a method that takes a stream', { ...given, method: 'shop.Shop/Fill' }, /stream of requests/],
  [
    'a method that is not there',
    { ...given, method: 'shop.Shop/Buy' },
    /have no method shop\.Shop\/Buy/,
  ],
  ['a service that is not there', { ...given, method: 'shop.Bar/Buy' }, /no method shop\.Bar\/Buy/],
  ['a name that is none', { ...given, method: 'shop.Shop' }, /is no method/],
  ['a payload of another shape', { ...given, payload: { nme: 1 } }, /payload is no shop\.Wish/],
  ['a payload that is no object', { ...given, payload: 7 }, /payload is no shop\.Wish/],
  ['descriptors that are none', { descriptorSet: 'AAAA' }, /descriptor set cannot be read/],
] as const) {
  test(`${name} makes the check invalid, before the run and in it`, async () => {
    const { unprepared, status, fault } = await shop({ [GET]: get }, { call });
    assert.equal(unprepared?.code, 'PROBER_INVALID_CHECK', unprepared?.message ?? '');
    assert.match(unprepared?.message ?? '', message);
    assert.deepEqual([status, fault?.message], ['invalid', unprepared?.message]);
  });
}

test('reflection: the import is followed, and the second run asks no more', async () => {
  const server = await grpcServer({ [GET]: get, [REFLECTION_PATH]: reflection() });
  const wish = { port: server.port, call: {}, metadata: { 'x-tenant': 'a' } };
  const first = await probeGrpc(wish);
  const second = await probeGrpc({ ...wish, expect: { json: { name: 'tea' } } });
  await server.close();
  assert.equal(first.status, 'up', first.fault?.message ?? '');
  assert.equal(second.status, 'up', second.fault?.message ?? '');
  assert.deepEqual(
    server.calls.map(({ path }) => path),
    [REFLECTION_PATH, GET, GET],
  );
  assert.equal(server.calls[0]?.received.length, 2);
  assert.equal(server.calls[0]?.headers['x-tenant'], 'a');
  assert.deepEqual(first.phases, ['connect', 'write', 'wait', 'transfer']);
  assert.ok(Number(first.detail.reflection_ms) > 0);
  const measured = first.observation.phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
  assert.ok(measured + Number(first.detail.reflection_ms) <= first.observation.totalMs + 0.1);
  assert.equal('reflection_ms' in second.detail, false);
});

test('reflection that gives everything at once, in the old version', async () => {
  const { status, fault, paths, calls } = await shop(
    { [GET]: get, [OLD_REFLECTION_PATH]: reflection({ whole: true }) },
    { call: {} },
  );
  assert.equal(status, 'up', fault?.message ?? '');
  assert.deepEqual(paths, [REFLECTION_PATH, OLD_REFLECTION_PATH, GET]);
  assert.equal(calls[1]?.received.length, 1);
});

test('a server without reflection', async () => {
  const { status, fault, paths } = await shop({ [GET]: get }, { call: {} });
  assert.deepEqual([status, fault?.class], ['down', 'refusal']);
  assert.match(fault?.message ?? '', /by reflection.*UNIMPLEMENTED/);
  assert.match(fault?.cure ?? '', /descriptorSet/);
  assert.deepEqual(paths, [REFLECTION_PATH, OLD_REFLECTION_PATH]);
});

test('a service that reflection does not know', async () => {
  const { fault } = await shop(
    { [REFLECTION_PATH]: reflection() },
    { call: { method: 'shop.Bar/Get' } },
  );
  assert.equal(fault?.code, 'REFUSED_BY_SERVER');
  assert.match(fault?.message ?? '', /refused: unknown: shop\.Bar/);
});

test('a method that reflection does not know is a refusal of the server', async () => {
  const { status, fault } = await shop(
    { [REFLECTION_PATH]: reflection() },
    { call: { method: 'shop.Shop/Buy' } },
  );
  assert.deepEqual([status, fault?.class], ['down', 'refusal']);
  assert.match(fault?.message ?? '', /no method shop\.Shop\/Buy/);
});

test('an import that reflection does not give', async () => {
  const { fault } = await shop(
    { [REFLECTION_PATH]: reflection({ files: SHOP_FILES.slice(0, 1) }) },
    { call: {} },
  );
  assert.match(fault?.message ?? '', /unknown: shop\/common\.proto/);
});

test('reflection that names imports for ever is stopped', async () => {
  let files = 0;
  const endless: Handler = (call) => {
    call.head();
    call.onMessage = () => {
      files += 1;
      const file = { name: `f${files}.proto`, dependency: [`f${files + 1}.proto`] };
      call.send(answerOf([create(FileDescriptorProtoSchema, file)]));
    };
  };
  const { fault } = await shop({ [REFLECTION_PATH]: endless }, { call: {} });
  assert.equal(fault?.code, 'PROTOCOL_LIMIT_EXCEEDED');
  assert.match(fault?.message ?? '', /more than 100 files/);
  assert.equal(files, 101);
});

test('reflection that gives too much in all', async () => {
  let files = 0;
  const large: Handler = (call) => {
    call.head();
    call.onMessage = () => {
      files += 1;
      const dependency = [`f${files + 1}.proto`];
      const file = { name: `f${files}.proto`, dependency, package: 'x'.repeat(1_000_000) };
      call.send(answerOf([create(FileDescriptorProtoSchema, file)]));
    };
  };
  const { fault } = await shop({ [REFLECTION_PATH]: large }, { call: {} });
  assert.equal(fault?.code, 'PROTOCOL_LIMIT_EXCEEDED');
  assert.match(fault?.message ?? '', /more than 4194304 bytes/);
});

for (const [name, answer] of [
  ['nonsense', Buffer.from('nonsense')],
  ['nothing', Buffer.alloc(0)],
  ['a broken descriptor', Buffer.from([0x22, 4, 0x0a, 2, 0xff, 0xff])],
] as const) {
  test(`reflection that answers ${name}`, async () => {
    const { fault } = await shop(
      {
        [REFLECTION_PATH]: (call) => {
          call.head();
          call.onMessage = () => call.send(answer);
        },
      },
      { call: {} },
    );
    assert.equal(fault?.code, 'PROTOCOL_INVALID_ANSWER', fault?.message ?? '');
  });
}

test('reflection that ends before its files have come, and one that never answers', async () => {
  const ends: Handler = (call) => {
    call.head();
    call.onMessage = () => call.finish(0);
  };
  const ended = await shop({ [REFLECTION_PATH]: ends }, { call: {} });
  assert.equal(ended.fault?.code, 'PROTOCOL_CLOSED_EARLY');
  const silent = await shop(
    { [REFLECTION_PATH]: (call) => call.head() },
    { call: {} },
    { timeoutMs: 200 },
  );
  assert.deepEqual([silent.status, silent.fault?.code], ['timeout', 'TIMEOUT']);
  assert.match(silent.fault?.message ?? '', /by reflection/);
});

test('a stream that ends by itself: its messages, times, the last one judged', async () => {
  const list: Handler = (call) => {
    call.onEnd = () => {
      call.head();
      for (const name of ['a', 'b', 'c']) call.send(encodeItem({ name }));
      call.finish(0);
    };
  };
  const { status, fault, detail } = await shop(
    { [LIST]: list },
    { call: { ...given, method: 'shop.Shop/List' }, expect: { json: { name: 'c' } } },
  );
  assert.equal(status, 'up', fault?.message ?? '');
  assert.deepEqual([detail.messages, detail.message_bytes, detail.grpc_status], [3, 9, 'OK']);
  assert.ok(Number(detail.stream_first_ms) <= Number(detail.stream_last_ms));
});

test('a stream without messages is up; one that fails after some is not', async () => {
  const call = { ...given, method: 'shop.Shop/List' };
  const empty = await shop({ [LIST]: (one) => one.head().finish(0) }, { call });
  assert.deepEqual([empty.status, empty.detail.messages], ['up', 0]);
  const failing: Handler = (one) => one.head().send(encodeItem(ITEM)).finish(14, 'bye');
  const { fault, detail } = await shop({ [LIST]: failing }, { call });
  assert.deepEqual([fault?.class, detail.messages], ['server', 1]);
});

test('an endless stream is cancelled after enough messages, and the server is told', async () => {
  const item = frame(FRAME.data, 0, 1, frameMessage(encodeItem(ITEM)));
  const head = headers(1, { ':status': '200', 'content-type': 'application/grpc' });
  const server = await frameServer((socket) => {
    socket.write(Buffer.concat([head, item, item, item, item, item]));
  });
  const { status, fault, detail } = await probeGrpc({
    port: server.port,
    call: { ...given, method: 'shop.Shop/List', messagesMax: 3 },
  });
  assert.equal(status, 'up', fault?.message ?? '');
  assert.deepEqual([detail.messages, detail.grpc_status], [3, undefined]);
  await until(() => server.open.size === 0 && countOfSockets() === 0);
  const resets = server.frames.filter(({ type }) => type === FRAME.reset);
  assert.deepEqual(
    resets.map(({ streamId, payload }) => [streamId, payload.readUInt32BE()]),
    [[1, 8]],
  );
  assert.equal(server.frames.at(-1)?.type, FRAME.goaway);
  await server.close();
});

test('a large message comes through whole', async () => {
  const name = 'x'.repeat(900_000);
  const { status, fault, detail } = await shop(
    { [GET]: unary(() => encodeItem({ name })) },
    { call: given },
  );
  assert.equal(status, 'up', fault?.message ?? '');
  assert.equal(detail.message_bytes, 900_004);
});
