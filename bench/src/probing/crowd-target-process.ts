// The targets of the crowd: HTTP servers on many loopback addresses that hold every answer back until
// as many requests wait as were announced. So a crowd that gets its answers was in flight all at once.

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerParent } from '../child-process.ts';
import type { Endpoint } from '../targets.ts';

export interface CrowdQuestion {
  addresses: number;
  /** Requests that must wait before any is answered. */
  crowd: number;
}

export interface CrowdAnswer {
  endpoints: Endpoint[];
}

const BACKLOG = 4_096;
const BODY = 'ok\n';

const waiting: ServerResponse[] = [];

answerParent<CrowdQuestion, CrowdAnswer>(async ({ addresses, crowd }) => {
  const hosts = Array.from({ length: addresses }, (_, at) => `127.78.${at >> 8}.${(at & 255) + 1}`);
  return { endpoints: await Promise.all(hosts.map((host) => listen(host, crowd))) };
});

function listen(host: string, crowd: number): Promise<Endpoint> {
  return new Promise((resolve, reject) => {
    const server = createServer((_request, response) => {
      waiting.push(response);
      if (waiting.length === crowd) answerAll();
    });
    server.once('error', reject);
    server.listen({ host, port: 0, backlog: BACKLOG }, () => {
      resolve({ host, port: (server.address() as AddressInfo).port });
    });
  });
}

function answerAll(): void {
  for (const response of waiting.splice(0)) {
    response.writeHead(200, { 'Content-Length': BODY.length, Connection: 'close' });
    response.end(BODY);
  }
}
