// What a target does that keeps its connections open: it answers, and counts how many connections of
// those that asked for `/kept` were open at once, so that a bound on them can be seen from outside.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export const KEPT_TARGETS = 100;
export const KEPT_PATH = '/kept';
/** Answered with the most connections that asked for KEPT_PATH and were open at once. */
export const MOST_PATH = '/most';

const KEPT_MS = 120_000;
const BODY = Buffer.from('{"status":"ok"}\n');

export function answerKept(server: Server): Server {
  const open = new Set<Socket>();
  let most = 0;
  const note = (socket: Socket) => {
    if (open.has(socket)) return;
    open.add(socket);
    most = Math.max(most, open.size);
    socket.once('close', () => open.delete(socket));
  };
  server.keepAliveTimeout = KEPT_MS;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === KEPT_PATH) note(request.socket);
    const body = request.url === MOST_PATH ? Buffer.from(String(most)) : BODY;
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': body.length,
    });
    response.end(body);
  });
  return server;
}
