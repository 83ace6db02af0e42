// Local servers on ports the system picked, all gone when the tests are over.

import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';

const servers: Server[] = [];
const sockets = new Set<Socket>();

export function closeServers(): void {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
}

/** The port. */
export async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
