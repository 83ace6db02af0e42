// A port whose host never answers a connection attempt, on loopback: a listener that accepts nothing
// and whose queue is full. The kernel drops every further SYN, as a firewall would.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

export interface DeafPort {
  readonly port: number;
  close(): Promise<void>;
}

/** The worker's loop stands still once it listens, so nothing is ever accepted. */
const LISTENER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ port: workerData.port, host: workerData.host, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(workerData.gate, 0, 0));
  });
  server.on('error', (error) => { throw error; });
`;

export async function deafPort(host = '127.0.0.1', wantedPort = 0): Promise<DeafPort> {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(LISTENER, { eval: true, workerData: { gate, host, port: wantedPort } });
  const [port] = (await once(worker, 'message')) as [number];
  worker.unref();
  const fillers = await fillQueue(host, port);
  return {
    port,
    async close() {
      for (const filler of fillers) filler.destroy();
      Atomics.store(gate, 0, 1);
      Atomics.notify(gate, 0);
      await worker.terminate();
    },
  };
}

/** A backlog of 1 holds two connections; a third waits, which shows that the queue is full. */
async function fillQueue(host: string, port: number): Promise<Socket[]> {
  const fillers: Socket[] = [];
  for (let filled = 0; filled < 2; filled += 1) {
    const socket = connect({ host, port });
    socket.on('error', () => {});
    fillers.push(socket);
    await once(socket, 'connect');
    socket.unref();
  }
  return fillers;
}
