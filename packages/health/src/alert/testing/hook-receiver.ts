// A real HTTP receiver of webhooks on loopback, for socket tests: it keeps what it was sent and
// answers as the test says. `arrived(n)` waits for the n-th request instead of sleeping for luck.

import { EventEmitter, on } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedHook {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export class HookReceiver {
  readonly requests: ReceivedHook[] = [];
  readonly #server: Server;
  readonly #arrivals = new EventEmitter();

  /** `answer` gets the number of the request, from 1. */
  constructor(answer: (number: number, response: ServerResponse) => void) {
    this.#server = createServer(async (request, response) => {
      const { method = '', url = '', headers } = request;
      this.requests.push({ method, path: url, headers, body: await text(request) });
      answer(this.requests.length, response);
      this.#arrivals.emit('request');
    });
  }

  async listen(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen(0, '127.0.0.1', resolve);
    await promise;
  }

  url(path = '/hook', credentials = ''): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://${credentials}127.0.0.1:${port}${path}`;
  }

  async arrived(count: number): Promise<void> {
    if (this.requests.length >= count) return;
    for await (const _ of on(this.#arrivals, 'request')) if (this.requests.length >= count) return;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }
}
