import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

/** A proxy before a server that sends everything back. */
async function echo(context: TestContext): Promise<FaultProxy> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await startFaultProxy(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  context.after(async () => {
    await proxy.close();
    server.close();
  });
  return proxy;
}

async function client(proxy: FaultProxy): Promise<Socket> {
  const socket = connect(proxy.port, proxy.host);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function receive(socket: Socket, bytes: number): Promise<string> {
  let text = '';
  while (text.length < bytes) text += String((await once(socket, 'data'))[0]);
  return text;
}

test('it passes bytes on, later when told, in their order', async (context) => {
  const proxy = await echo(context);
  const socket = await client(proxy);
  socket.write('one');
  assert.equal(await receive(socket, 3), 'one');
  proxy.delay(40, 20);
  const startedMs = performance.now();
  for (let i = 0; i < 100; i += 1) socket.write(String(i % 10));
  const text = await receive(socket, 100);
  assert.equal(text, '0123456789'.repeat(10));
  assert.ok(performance.now() - startedMs >= 79);
  socket.destroy();
});

test('what fell into the black hole arrives after healing', async (context) => {
  const proxy = await echo(context);
  const socket = await client(proxy);
  proxy.blackHole('back');
  let arrived = 0;
  socket.on('data', (chunk) => {
    arrived += chunk.length;
  });
  socket.write('abc');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(arrived, 0);
  await proxy.heal();
  while (arrived < 3) await once(socket, 'data');
  socket.destroy();
});

test('it resets what is open, refuses what is new, and heals', async (context) => {
  const proxy = await echo(context);
  const socket = await client(proxy);
  proxy.refuse();
  const refused = connect(proxy.port, proxy.host);
  const error = await new Promise((resolve) => refused.on('error', resolve));
  assert.equal((error as NodeJS.ErrnoException).code, 'ECONNREFUSED');
  socket.write('x');
  assert.equal(await receive(socket, 1), 'x');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  proxy.reset();
  await closed;
  await proxy.heal();
  const again = await client(proxy);
  again.write('y');
  assert.equal(await receive(again, 1), 'y');
  again.end();
  await once(again, 'close');
});
