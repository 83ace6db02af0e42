import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import type { Coordination } from '../coordination/coordination.ts';
import { isCode } from '../coordination/opened.conformance.ts';
import { openRemoteCoordination } from './remote-coordination.ts';
import { fastClock } from './sample-fleet.ts';

const CALL_MS = 300;

/** A client of servers that answer so. */
async function clientOf(
  context: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  clock = systemClock,
): Promise<Coordination> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = open(`http://127.0.0.1:${port}`, clock);
  context.after(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return client;
}

function open(server: string, clock = systemClock): Coordination {
  return openRemoteCoordination({
    servers: [server],
    token: 'hf_secret',
    clock,
    chance: systemChance,
    logger: silentLogger,
    callTimeoutMs: CALL_MS,
  });
}

async function readToEnd(client: Coordination): Promise<number> {
  let items = 0;
  for await (const _ of client.watch('/x/', 1n, new AbortController().signal)) items += 1;
  return items;
}

async function failsClearly(client: Coordination): Promise<void> {
  const startedMs = systemClock.nowMs();
  const calls = [
    client.get('/x/a'),
    client.list('/x/'),
    client.leases.grant(2_000),
    client.leases.renew(7n),
    client.leases.release(7n),
    client.facts(),
    readToEnd(client),
  ];
  const ends = await Promise.allSettled(calls);
  for (const end of ends)
    assert.ok(end.status === 'rejected' && isCode('COORDINATION_FAILED')(end.reason), String(end));
  assert.ok(systemClock.nowMs() - startedMs < 5_000);
}

const ANSWERS: Record<string, (response: ServerResponse) => void> = {
  'a page': (response) => response.end('<html>Welcome</html>'),
  'an empty answer': (response) => response.end(),
  'other JSON': (response) => response.end('{"hello":[1,2,3]}'),
  'JSON that is no object': (response) => response.end('null'),
  'a failing gateway': (response) => response.writeHead(502).end('<html>Bad gateway</html>'),
  'an error of no known code': (response) =>
    response.writeHead(400).end('{"code":"ODD","message":"m","cure":"c"}'),
  'an error that is not said': (response) => response.writeHead(500).end('{"code":7}'),
  'a way elsewhere': (response) =>
    response.writeHead(307, { Location: 'http://127.0.0.1:9/' }).end(),
  'wrong types': (response) =>
    response.end(
      '{"entry":{"key":1},"entries":{},"id":"x","ttlMs":-1,"leases":[{"id":"7"}],"cluster":5}',
    ),
  'half an answer': (response) => {
    response.writeHead(200, { 'Content-Length': '1000' }).write('{"entry":');
    response.destroy();
  },
  'nothing but a reset': (response) => void response.socket?.resetAndDestroy(),
};

describe('what is no answer of ours', { concurrency: true }, () => {
  for (const [name, answer] of Object.entries(ANSWERS))
    test(`${name} is told as a failure of coordination`, async (context) => {
      await failsClearly(await clientOf(context, (_, response) => answer(response)));
    });
});

test('bytes that are no HTTP are told as a failure of coordination', async (context) => {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.end('220 mail.example ESMTP\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  context.after(async () => {
    await client.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await failsClearly(client);
});

test('an answer that drips or never ends is left', async (context) => {
  const clock = fastClock(100);
  const drip = (_: IncomingMessage, response: ServerResponse) => {
    const timer = setInterval(() => response.write(' '), 5);
    response.once('close', () => clearInterval(timer));
  };
  const dripping = await clientOf(context, drip, clock);
  await assert.rejects(dripping.get('/x/a'), isCode('COORDINATION_FAILED'));
  const endless = await clientOf(context, flood(''), clock);
  await assert.rejects(endless.get('/x/a'), isCode('COORDINATION_FAILED'));
});

test('a line without end is left before it fills the memory', async (context) => {
  const client = await clientOf(context, flood('{"watching":true}\n'));
  await assert.rejects(readToEnd(client), (error) => {
    assert.match(String(error), /a line is longer/);
    return isCode('COORDINATION_FAILED')(error);
  });
});

/** As much as is taken. */
function flood(beginning: string) {
  const chunk = ' '.repeat(64 * 1024);
  return (_: IncomingMessage, response: ServerResponse) => {
    response.write(beginning === '' ? ' ' : beginning);
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  };
}

test('a watch that repeats itself or goes back is not believed', async (context) => {
  const change = '{"deleted":"/x/a","modRevision":"5"}';
  const line = `{"cluster":"c","revision":"5","changes":[${change}]}\n`;
  const client = await clientOf(context, (_, response) => void response.end(line + line));
  await assert.rejects(readToEnd(client), (error) => {
    assert.match(String(error), /out of order/);
    return isCode('COORDINATION_FAILED')(error);
  });
});

test('servers and tokens that cannot be used are refused at once, without showing a secret', () => {
  const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
  const bad: { servers: string[]; token?: string }[] = [
    { servers: [] },
    { servers: Array(33).fill('http://127.0.0.1:1') },
    { servers: ['127.0.0.1:7070'] },
    { servers: ['ftp://127.0.0.1'] },
    { servers: ['https://user:hf_secret@127.0.0.1'] },
    { servers: ['https://127.0.0.1/?token=hf_secret'] },
    { servers: ['https://127.0.0.1'], token: 'hf_secret\r\nX: y' },
    { servers: ['https://127.0.0.1'], token: '' },
  ];
  for (const each of bad)
    assert.throws(
      () => openRemoteCoordination({ ...parts, ...each }),
      (error) => isCode('USAGE')(error) && !String(error).includes('hf_secret'),
    );
});
