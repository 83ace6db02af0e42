// Addresses of 127.0.0.0/8 for servers of one test, so that servers with fixed ports never meet those
// of another test, nor one that the machine runs for somebody.

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

const ATTEMPTS_MAX = 20;

/** An address on which the ports are free now. */
export async function ownLoopbackAddress(ports: readonly number[]): Promise<string> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const address = `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(2, 255)}`;
    const free = await Promise.all(ports.map((port) => isFree(address, port)));
    if (free.every(Boolean)) return address;
  }
  throw new Error(`no loopback address has the ports ${ports.join(', ')} free`);
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host, port });
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch {
    return false;
  }
}
