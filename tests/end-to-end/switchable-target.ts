// A web target whose answer a test can change while it is probed, and which counts what it was asked.

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SwitchableTarget {
  url: string;
  /** Status it answers with from now on. */
  answer(status: number): void;
  /** Bodies of the requests it got, oldest first. */
  bodies: string[];
  requests: number;
  close(): Promise<void>;
}

export async function startTarget(): Promise<SwitchableTarget> {
  let status = 200;
  const server = createServer(async (request, response) => {
    target.requests += 1;
    target.bodies.push(await bodyOf(request));
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"status":"ok"}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const target: SwitchableTarget = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    answer: (next) => {
      status = next;
    },
    bodies: [],
    requests: 0,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return target;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}
