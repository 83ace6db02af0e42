// A target that writes down what it was asked and when, and numbers its answers: headers are kept in results,
// so that each request can be found again among them.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { ownLoopbackAddress } from '@holdfast/engines/testing';
import { machineMs } from './machine-clock.ts';

export interface CountedRequest {
  /** What stands in the path. */
  check: string;
  /** In the header of the answer. */
  number: string;
  atMs: number;
}

export interface CountedTarget {
  readonly url: string;
  readonly requests: readonly CountedRequest[];
  close(): void;
}

export const NUMBER_HEADER = 'x-bench-number';
const PORT = 8_080;
const BODY = 'ok\n';

export async function startCountedTarget(): Promise<CountedTarget> {
  const requests: CountedRequest[] = [];
  const server = createServer((request, response) => {
    const number = String(requests.length);
    requests.push({ check: (request.url ?? '').slice(1), number, atMs: machineMs() });
    response.setHeader(NUMBER_HEADER, number);
    response.end(BODY);
  });
  const host = await ownLoopbackAddress([PORT]);
  server.listen(PORT, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${PORT}`,
    requests,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
