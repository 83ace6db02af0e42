import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fault } from '@holdfast/kernel';
import packet, { type Answer, type DecodedPacket } from 'dns-packet';
import { deafPort } from '../testing/deaf-port.ts';
import { rawServer } from '../testing/raw-server.ts';
import { type AskOptions, ask, type DnsWish } from './testing/dns-checks.ts';
import {
  type DnsServer,
  type DnsServerOptions,
  dnsServer,
  framedReply,
  type Replies,
  reply,
} from './testing/dns-server.ts';

const A: Answer = { type: 'A', name: 'example.test', ttl: 60, data: '192.0.2.1' };
const LINE = 'example.test. 60 IN A 192.0.2.1';
const SPOOFED: Answer = { ...A, data: '203.0.113.66' };
const NEVER_MS = 60_000;

const good = (query: DecodedPacket) => reply(query, { answers: [A] });
const silent: Replies = () => undefined;
const truncating: Replies = (query, via) =>
  via === 'tcp' ? good(query) : reply(query, { flags: packet.TRUNCATED_RESPONSE });

async function withServer<T>(
  replies: Replies,
  use: (server: DnsServer) => Promise<T>,
  options?: DnsServerOptions,
): Promise<T> {
  const server = await dnsServer(replies, options);
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

test('an answer that is cut is asked for again over TCP', async () => {
  await withServer(truncating, async (server) => {
    const { judgement, detail, phases, context } = await ask({ server });
    assert.equal(judgement.status, 'up');
    assert.deepEqual([detail.records, detail.transport, detail.truncated], [[LINE], 'tcp', true]);
    assert.deepEqual(
      phases.map(({ name }) => name),
      ['wait', 'connect', 'wait', 'transfer'],
    );
    assert.deepEqual([detail.tries, context.addresses], [2, ['127.0.0.1']]);
  });
});

test('an answer that is cut in the middle of a record counts as cut', async () => {
  const replies: Replies = (query, via) => {
    const whole = reply(query, { answers: [A], flags: packet.TRUNCATED_RESPONSE });
    return via === 'tcp' ? good(query) : whole.subarray(0, -3);
  };
  await withServer(replies, async (server) => {
    assert.equal((await ask({ server })).judgement.status, 'up');
  });
});

test('a server that cuts and has no TCP is refused there', async () => {
  const udp = createSocket('udp4').bind(0, '127.0.0.1').unref();
  await once(udp, 'listening');
  udp.on('message', (bytes, from) => {
    const cut = reply(packet.decode(bytes), { flags: packet.TRUNCATED_RESPONSE });
    udp.send(cut, from.port, from.address);
  });
  const { judgement, detail } = await ask({ server: { ...hostOf(), port: udp.address().port } });
  udp.close();
  assert.deepEqual(
    [judgement.fault?.code, judgement.fault?.phase, detail.truncated, detail.transport],
    ['CONNECT_REFUSED', 'connect', true, 'tcp'],
  );
});

test('a query without answer is sent again with a fresh id, each wait twice as long', async () => {
  let seen = 0;
  const replies: Replies = (query) => {
    seen += 1;
    return seen === 4 ? good(query) : undefined;
  };
  await withServer(replies, async (server) => {
    const startMs = performance.now();
    const { judgement, detail } = await ask({ server, tries: 4 }, { parts: { firstWaitMs: 10 } });
    assert.ok(performance.now() - startMs >= 66, 'waits of 10, 20 and 40 ms');
    assert.deepEqual([judgement.status, detail.tries], ['up', 4]);
    assert.equal(new Set(server.asked.map(({ query }) => query.id)).size, 4);
    assert.ok(Number(detail.query_time) < performance.now() - startMs - 60, 'of the last sending');
  });
});

test('a late answer to the first sending counts, from its own sending on', async () => {
  let first: DecodedPacket | undefined;
  const replies: Replies = (query) => {
    if (first !== undefined) return good(first);
    first = query;
    return undefined;
  };
  await withServer(replies, async (server) => {
    const { judgement, detail } = await ask({ server }, { parts: { firstWaitMs: 20 } });
    assert.equal(judgement.status, 'up');
    assert.ok(Number(detail.query_time) >= 19);
  });
});

test('silence is a timeout in the wait phase, after no more than the tries', async () => {
  await withServer(silent, async (server) => {
    const options = { timeoutMs: 250, parts: { firstWaitMs: 5 } };
    const { judgement, phases, detail } = await ask({ server, tries: 2 }, options);
    const { status, fault } = judgement;
    assert.deepEqual([status, fault?.code, fault?.phase], ['timeout', 'TIMEOUT', 'wait']);
    assert.deepEqual([phases.at(-1)?.name, detail.tries, server.asked.length], ['wait', 2, 2]);
    assert.ok((phases[0]?.durationMs ?? 0) > 200);
  });
});

const FOREIGN: Record<string, (query: DecodedPacket) => Buffer> = {
  'another id': (query) => reply(query, { id: ((query.id ?? 0) + 1) & 0xffff, answers: [SPOOFED] }),
  'another name': (query) =>
    reply(query, { questions: [{ type: 'A', name: 'other.test' }], answers: [SPOOFED] }),
  'another type': (query) =>
    reply(query, { questions: [{ type: 'AAAA', name: 'example.test' }], answers: [SPOOFED] }),
  'the query itself': (query) => packet.encode({ ...query, type: 'query' }),
  'two bytes': () => Buffer.alloc(2),
  nothing: () => Buffer.alloc(0),
};

for (const [what, forge] of Object.entries(FOREIGN)) {
  test(`an answer with ${what} is ignored and counted`, async () => {
    const both: Replies = (query) => [forge(query), good(query)];
    await withServer(both, async (server) => {
      for (const transport of ['udp', 'tcp'] as const) {
        const { judgement, detail } = await ask({ server, transport });
        assert.equal(judgement.status, 'up', transport);
        assert.deepEqual([detail.records, detail.ignored_answers], [[LINE], 1], transport);
      }
    });
    await withServer(forge, async (server) => {
      const controller = new AbortController();
      const running = ask({ server, tries: 1 }, { signal: controller.signal });
      await until(() => server.asked.length === 1);
      for (let turn = 0; turn < 50; turn += 1) await nextTurn();
      controller.abort(fault('TIMEOUT', 'It was too late.'));
      const { judgement } = await running;
      assert.equal(judgement.status, 'timeout');
      assert.match(judgement.fault?.message ?? '', /1 message was ignored/);
    });
  });
}

test('an answer from another port never arrives', async () => {
  const stranger = createSocket('udp4').bind(0, '127.0.0.1').unref();
  await once(stranger, 'listening');
  const probed = createSocket('udp4').bind(0, '127.0.0.1').unref();
  await once(probed, 'listening');
  probed.on('message', (bytes, from) => {
    const query = packet.decode(bytes);
    const spoof = reply(query, { answers: [SPOOFED] });
    stranger.send(spoof, from.port, from.address, () =>
      probed.send(good(query), from.port, from.address),
    );
  });
  const { detail } = await ask({ server: { ...hostOf(), port: probed.address().port } });
  stranger.close();
  probed.close();
  assert.deepEqual([detail.records, detail.ignored_answers], [[LINE], undefined]);
});

test('a question written in other letters is the same question', async () => {
  const shouted: Replies = (query) =>
    reply(query, { questions: [{ type: 'A', name: 'ExAmPlE.TEST' }], answers: [A] });
  await withServer(shouted, async (server) => {
    assert.equal((await ask({ server })).judgement.status, 'up');
  });
});

/** Behind the header and the question, whose name is at byte 12. */
function withTail(query: DecodedPacket, tail: readonly number[], answers = 1): Buffer {
  const head = reply(query);
  head.writeUInt16BE(answers, 6);
  return Buffer.concat([head, Buffer.from(tail)]);
}

const RECORD_A = [0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1];
/** Header, `example.test`, type and class. */
const TAIL_AT = 12 + 14 + 4;

const MALFORMED: Record<string, (query: DecodedPacket) => Buffer> = {
  'a name that points to itself': (query) => withTail(query, [0xc0, TAIL_AT, ...RECORD_A]),
  'names that point to each other': (query) =>
    withTail(query, [0xc0, TAIL_AT + 2, 0xc0, TAIL_AT, ...RECORD_A]),
  'a name that points into the header': (query) => withTail(query, [0xc0, 4, ...RECORD_A]),
  'a question that points to itself'(query) {
    const bytes = reply(query);
    bytes.set([0xc0, 12], 12);
    return bytes;
  },
  'fewer records than counted': (query) => withTail(query, [0xc0, 12, ...RECORD_A], 2),
  'an address of five bytes': (query) => withTail(query, [0xc0, 12, ...RECORD_A.with(9, 5), 7]),
  'no question and no error': (query) => reply(query, { questions: [] }),
};

for (const [what, make] of Object.entries(MALFORMED)) {
  test(`an answer with ${what} is not valid`, async () => {
    await withServer(make, async (server) => {
      for (const transport of ['udp', 'tcp'] as const) {
        const { judgement } = await ask({ server, transport });
        assert.deepEqual(
          [judgement.status, judgement.fault?.code],
          ['down', 'PROTOCOL_INVALID_ANSWER'],
          transport,
        );
      }
    });
  });
}

test('a port that nobody listens on is refused, over UDP too', async () => {
  const { port, close } = await dnsServer(silent);
  await close();
  for (const transport of ['udp', 'tcp'] as const) {
    const { judgement } = await ask({ server: { ...hostOf(), port }, transport });
    assert.deepEqual([judgement.status, judgement.fault?.code], ['down', 'CONNECT_REFUSED']);
    assert.match(judgement.fault?.message ?? '', /connection refused/);
  }
});

test('the next address is asked when one refuses', async () => {
  await withServer(good, async ({ port }) => {
    const lookup = async () => [
      { ip: '127.0.0.2', version: 4 as const },
      { ip: '127.0.0.1', version: 4 as const },
    ];
    const { judgement, detail } = await ask({ server: { host: 'ns.test', port } }, { lookup });
    assert.deepEqual([judgement.status, detail.server], ['up', `127.0.0.1:${port}`]);
  });
});

/** Sends a byte in each turn of the loop. */
async function drip(socket: Socket, bytes: Buffer): Promise<void> {
  socket.setNoDelay(true);
  for (const byte of bytes) {
    socket.write(Buffer.of(byte));
    await nextTurn();
  }
}

test('an answer over TCP may come byte by byte', async () => {
  const onTcpQuery = (socket: Socket, query: DecodedPacket) =>
    void drip(socket, framedReply(good(query)));
  const use = (server: DnsServer) => ask({ server, transport: 'tcp' });
  const { judgement, detail, phases } = await withServer(silent, use, { onTcpQuery });
  assert.deepEqual([judgement.status, detail.records], ['up', [LINE]]);
  assert.deepEqual(
    phases.map(({ name }) => name),
    ['connect', 'wait', 'transfer'],
  );
});

test('an answer of the largest size is read whole', async () => {
  const text = Buffer.alloc(255, 'x');
  const answers: Answer[] = Array.from({ length: 241 }, () => ({
    type: 'TXT',
    name: 'example.test',
    data: [text.subarray(0, 246)],
  }));
  const large: Replies = (query) => {
    const bytes = reply(query, { answers });
    return Buffer.concat([bytes, Buffer.alloc(65_535 - bytes.length)]);
  };
  await withServer(large, async (server) => {
    const { judgement, detail } = await ask({ server, transport: 'tcp' });
    assert.equal(judgement.status, 'up');
    assert.deepEqual([detail.answer_count, (detail.records as string[]).length], [241, 50]);
  });
});

const BROKEN: Record<string, [(socket: Socket, answer: Buffer) => void, string]> = {
  'ends without an answer': [(socket) => socket.end(), 'PROTOCOL_CLOSED_EARLY'],
  'ends in the middle of an answer': [
    (socket, answer) => socket.end(answer.subarray(0, 20)),
    'PROTOCOL_CLOSED_EARLY',
  ],
  'resets the connection': [(socket) => socket.resetAndDestroy(), 'CONNECT_RESET'],
};

for (const [what, [behave, code]] of Object.entries(BROKEN)) {
  test(`a server that ${what}`, async () => {
    const onTcpQuery = (socket: Socket, query: DecodedPacket) =>
      behave(socket, framedReply(good(query)));
    const use = (server: DnsServer) => ask({ server, transport: 'tcp' });
    const { judgement } = await withServer(silent, use, { onTcpQuery });
    assert.equal(judgement.fault?.code, code);
    const phase = what.includes('middle') ? 'transfer' : 'wait';
    assert.equal(judgement.fault?.phase, phase);
  });
}

interface Standstill {
  wish: DnsWish;
  options?: AskOptions;
  reached: () => boolean;
  close: () => Promise<void>;
}

const STANDSTILLS: Record<string, () => Promise<Standstill>> = {
  async resolve() {
    const options = { lookup: () => new Promise<never>(() => {}) };
    const wish = { server: { host: 'ns.test', port: 53 } };
    return { wish, options, reached: () => true, close: async () => {} };
  },
  async wait() {
    const server = await dnsServer(silent);
    return { wish: { server }, reached: () => server.asked.length > 0, close: server.close };
  },
  async connect() {
    const { port, close } = await deafPort();
    const wish: DnsWish = { server: { ...hostOf(), port }, transport: 'tcp' };
    return { wish, reached: () => true, close };
  },
  async transfer() {
    const server = await rawServer((socket) => socket.write(Buffer.of(0, 99, 1)));
    const wish: DnsWish = { server: { ...hostOf(), port: server.port }, transport: 'tcp' };
    return { wish, reached: () => server.open.size > 0, close: server.close };
  },
};

for (const [phase, standstill] of Object.entries(STANDSTILLS)) {
  test(`an abort in the ${phase} phase ends it at once and leaves no socket behind`, async () => {
    const { wish, options, reached, close } = await standstill();
    const socketsBefore = countOfSockets();
    const controller = new AbortController();
    const { signal } = controller;
    const running = ask(wish, { ...options, signal, timeoutMs: NEVER_MS });
    await until(reached);
    for (let turn = 0; turn < 50; turn += 1) await nextTurn();
    controller.abort();
    const { judgement, phases } = await running;
    assert.deepEqual([judgement.status, judgement.fault?.phase], ['invalid', phase]);
    assert.equal(phases.at(-1)?.name, phase);
    await close();
    await until(() => countOfSockets() <= socketsBefore);
  });
}

test('an abort at any moment ends it and leaves no socket behind', async () => {
  await withServer(truncating, async (server) => {
    for (let turns = 0; turns < 40; turns += 1) {
      const controller = new AbortController();
      const running = ask({ server }, { signal: controller.signal, timeoutMs: NEVER_MS });
      for (let turn = 0; turn < turns; turn += 1) await (turn % 2 ? nextTurn() : undefined);
      controller.abort();
      const { judgement } = await running;
      assert.ok(judgement.status === 'up' || judgement.status === 'invalid');
    }
    await until(() => server.open.size === 0);
  });
  await until(() => countOfSockets() === 0);
});

test('an aborted signal prevents the question', async () => {
  await withServer(good, async (server) => {
    const { judgement } = await ask({ server }, { signal: AbortSignal.abort() });
    assert.deepEqual([judgement.status, server.asked.length], ['invalid', 0]);
  });
});

test('many at once leave no socket behind', async () => {
  await withServer(truncating, async (server) => {
    const all = await Promise.all(Array.from({ length: 100 }, () => ask({ server })));
    assert.deepEqual(new Set(all.map(({ judgement }) => judgement.status)), new Set(['up']));
    await until(() => server.open.size === 0);
  });
  await until(() => countOfSockets() === 0);
});

function hostOf(): { host: string } {
  return { host: '127.0.0.1' };
}

function countOfSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => /UDP|TCPSocket|TCPConnect/.test(name))
    .length;
}

async function until(holds: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 5000;
  while (!holds()) {
    assert.ok(performance.now() < deadlineMs, `in vain: ${process.getActiveResourcesInfo()}`);
    await nextTurn();
  }
}
