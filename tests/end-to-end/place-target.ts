// A web target that knows who asks: agents of these tests name themselves in a header. It can fail for one
// of them alone, and hold an answer back.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PlaceTarget {
  url: string;
  /** Answers 500 to these agents from now on. */
  failFor(agents: readonly string[]): void;
  /** Agents whose answer is held back, in the order they came; those of `/slow` until `release`. */
  readonly waiting: readonly string[];
  release(): void;
  close(): Promise<void>;
}

export async function startPlaceTarget(): Promise<PlaceTarget> {
  let failing: readonly string[] = [];
  let isHeld = true;
  const waiting: string[] = [];
  const held: ServerResponse[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const agent = String(request.headers['x-agent']);
    response.statusCode = failing.includes(agent) ? 500 : 200;
    if (request.url !== '/slow' || !isHeld) return void response.end('ok');
    waiting.push(agent);
    held.push(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failFor: (agents) => {
      failing = agents;
    },
    waiting,
    release: () => {
      isHeld = false;
      for (const response of held) response.end('ok');
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
