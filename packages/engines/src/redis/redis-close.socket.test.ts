// Closing ends everything within its bound, whatever Redis does meanwhile: every call that waits is
// settled, and neither a socket nor a timer is left that would keep the process alive.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { Redis } from 'ioredis';
import { event } from '../events/sample-events.ts';
import { type RedisServer, startRedis } from '../testing/redis-server.ts';
import { openRedisEvents } from './redis-events.ts';

const AROUND = { clock: systemClock, chance: systemChance, logger: silentLogger };
const LIMITS = { timeout: 60_000 };
/** The engine's own bound is 1.6 s; the rest is for a loaded machine. */
const CLOSE_MS_MAX = 4_000;
const KEEPS_ALIVE = new Set(['TCPSocketWrap', 'TCPServerWrap', 'Timeout', 'Immediate']);

/** Does something to Redis, and resolves to what undoes it. */
type Trouble = (server: RedisServer) => Promise<() => Promise<void> | void>;

const TROUBLES: Record<string, Trouble> = {
  'serves as ever': async () => () => {},
  'stands still': async (server) => {
    server.stop();
    return () => server.continue();
  },
  'holds back every answer': async (server) => {
    const plain = new Redis(server.url);
    await plain.client('PAUSE', 60_000, 'ALL');
    return () => plain.disconnect();
  },
  'died a moment ago': async (server) => {
    await server.kill();
    return () => {};
  },
  'is away for long': async (server) => {
    await server.kill();
    await pause(300);
    return () => {};
  },
  'accepts and says nothing': (server) => replaced(server, () => {}),
  'talks nonsense': (server) => replaced(server, (socket) => socket.write('+what\r\n*x\r\n{}')),
  'hangs up on everybody': (server) => replaced(server, (socket) => socket.destroy()),
};

for (const [name, trouble] of Object.entries(TROUBLES))
  test(`closing while Redis ${name}`, LIMITS, async (t) => {
    const server = await startRedis();
    t.after(() => server.close());
    const events = await openRedisEvents({ url: server.url, ...AROUND });
    t.after(() => events.close());
    const { signal } = new AbortController();
    const waiting = events.consume('trips', { group: 'waits', consumer: 'c' }, signal);
    const handling = events.consume('trips', { group: 'handles', consumer: 'c' }, signal);
    const reading = events.read('trips', { live: true }, signal)[Symbol.asyncIterator]();
    const [handled, deliveries] = [
      handling[Symbol.asyncIterator](),
      waiting[Symbol.asyncIterator](),
    ];
    const first = [handled.next(), deliveries.next(), reading.next()] as const;
    await events.publish('trips', event(1));
    const [delivery] = await Promise.all(first);
    const next = [deliveries.next(), reading.next()];
    const undo = await trouble(server);
    const calls = [delivery.value.ack(), events.publish('trips', event(2)), ...next];
    const settled = Promise.allSettled([...calls, events.lag('trips', 'waits')]);
    const startedMs = performance.now();
    const again = events.close();
    await Promise.all([events.close(), again]);
    assert.ok(performance.now() - startedMs < CLOSE_MS_MAX);
    await settled;
    for (const each of [handled.next(), deliveries.next()]) assert.equal((await each).done, true);
    await undo();
    await nothingIsLeft();
  });

test('opening gives up on a peer that says nothing, and leaves nothing', LIMITS, async (t) => {
  const server = await startRedis();
  t.after(() => server.close());
  const undo = await replaced(server, () => {});
  await assert.rejects(openRedisEvents({ url: server.url, ...AROUND }), /cannot be used/);
  await undo();
  await nothingIsLeft();
});

/** A socket that is destroyed takes a turn of the loop to be gone, and the timer of its goodbye 50 ms. */
async function nothingIsLeft(): Promise<void> {
  const alive = () => process.getActiveResourcesInfo().filter((kind) => KEEPS_ALIVE.has(kind));
  for (let turn = 0; turn < 50 && alive().length > 0; turn += 1) await pause(10);
  assert.deepEqual(alive(), []);
}

/** Another program takes its place, at the same address. */
async function replaced(
  server: RedisServer,
  behave: (socket: Socket) => void,
): Promise<() => Promise<void>> {
  await server.kill();
  const sockets = new Set<Socket>();
  const peer = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    behave(socket);
  });
  peer.listen(server.port, server.host);
  await once(peer, 'listening');
  await pause(200);
  return async () => {
    for (const socket of sockets) socket.destroy();
    peer.close();
    await once(peer, 'close');
  };
}
