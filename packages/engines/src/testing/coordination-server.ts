// A bare HTTP server before a coordination engine, as Holdfast's own servers mount it but without the
// rest of them: for tests that join through a server, kill it, and start it again at the same place.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import {
  type Clock,
  ERRORS,
  HoldfastError,
  isHoldfastError,
  systemChance,
  systemClock,
} from '@holdfast/kernel';
import type { Coordination } from '../coordination/coordination.ts';
import {
  COORDINATION_OPERATIONS,
  COORDINATION_PATH,
  type CoordinationService,
  createCoordinationService,
  REQUEST_BYTES_MAX,
  type Scope,
} from '../remote/coordination-service.ts';

export interface CoordinationServerOptions {
  coordination: Coordination;
  /** By token. */
  scopes: Readonly<Record<string, Scope>>;
  clock?: Clock;
  watchesPerHolderMax?: number;
  /** PEM. */
  tls?: { key: string; cert: string };
}

export interface CoordinationServer {
  /** `http://host:port`, or `https`. */
  readonly url: string;
  readonly port: number;
  /** Requests that came in, by operation. */
  readonly requests: ReadonlyMap<string, number>;
  /** Resets every connection and stops listening, as a killed process would. */
  kill(): Promise<void>;
  /** At the same place, remembering nothing. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startCoordinationServer(
  options: CoordinationServerOptions,
): Promise<CoordinationServer> {
  const server = new BareServer(options);
  await server.restart();
  return server;
}

class BareServer implements CoordinationServer {
  readonly requests = new Map<string, number>();
  readonly #options: CoordinationServerOptions;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #service: CoordinationService | undefined;
  #port = 0;

  constructor(options: CoordinationServerOptions) {
    this.#options = options;
  }

  get url(): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  async restart(): Promise<void> {
    const { coordination, clock = systemClock, watchesPerHolderMax, tls } = this.#options;
    this.#service = createCoordinationService({
      coordination,
      clock,
      chance: systemChance,
      ...(watchesPerHolderMax !== undefined && { watchesPerHolderMax }),
    });
    const answer = (request: IncomingMessage, response: ServerResponse) =>
      void this.#answer(request, response);
    this.#server = tls === undefined ? createServer(answer) : createSecureServer(tls, answer);
    this.#server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async kill(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#service?.close();
    await once(server, 'close');
  }

  close(): Promise<void> {
    return this.kill();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#serve(request, response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else sendError(response, error);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = (request.url ?? '').slice(COORDINATION_PATH.length);
    this.requests.set(operation, (this.requests.get(operation) ?? 0) + 1);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const scope = this.#scopeOf(request);
    const body = await readJson(request);
    if (operation === 'watch') {
      const lines = this.#service?.watch(body, scope, gone.signal);
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
      response.once('close', () => lines?.destroy());
      lines?.pipe(response).flushHeaders();
      return;
    }
    const known = COORDINATION_OPERATIONS.find((one) => one === operation);
    if (known === undefined) throw new HoldfastError('NOT_FOUND', 'Nothing is there', 'Ask else.');
    const answer = await this.#service?.handle(known, body, scope, gone.signal);
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer));
  }

  #scopeOf(request: IncomingMessage): Scope {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const { scopes } = this.#options;
    const scope = Object.hasOwn(scopes, token) ? scopes[token] : undefined;
    if (scope === undefined) throw new HoldfastError('UNAUTHORIZED', 'No valid token', 'Send one.');
    return scope;
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > REQUEST_BYTES_MAX) throw new HoldfastError('USAGE', 'Too much', 'Send less.');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (error) {
    throw new HoldfastError('USAGE', 'The body is no JSON', 'Send JSON.', error);
  }
}

/** The shape of every error answer of the HTTP API. */
function sendError(response: ServerResponse, error: unknown): void {
  const code = isHoldfastError(error) ? error.code : 'INTERNAL';
  const { message = '', cure = '' } = isHoldfastError(error) ? error : {};
  const { httpStatus } = ERRORS[code];
  response.writeHead(httpStatus, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ code, http_status: httpStatus, trace_id: '', message, cure }));
}
