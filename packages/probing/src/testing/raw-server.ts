// TCP servers for tests that do to each connection exactly what the test says, right or wrong: the
// probers are tried against real sockets only.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export interface RawServer {
  readonly port: number;
  /** Heads and bodies as they came, one for each request. */
  readonly requests: string[];
  /** Connections accepted and not closed yet. */
  readonly open: Set<Socket>;
  url(path?: string): string;
  close(): Promise<void>;
}

/** What a server does with a connection. */
export type Behaviour = (socket: Socket, server: RawServer) => void;
/** Makes the whole answer to a request; undefined = stay silent. */
export type Answer = (request: string, server: RawServer) => string | Buffer | undefined;

export interface RawServerOptions {
  host?: string;
  port?: number;
  tls?: TlsOptions;
  /** A client's end does not end the server's side. */
  allowHalfOpen?: boolean;
}

export async function rawServer(
  behave: Behaviour,
  options: RawServerOptions = {},
): Promise<RawServer> {
  const open = new Set<Socket>();
  const onConnection = (socket: Socket) => {
    open.add(socket);
    socket.unref();
    socket.on('close', () => open.delete(socket));
    // Probers that are aborted reset their connections; that is no failure of the server.
    socket.on('error', () => {});
    behave(socket, self);
  };
  const server = options.tls
    ? createTlsServer(options.tls, onConnection)
    : createServer({ allowHalfOpen: options.allowHalfOpen ?? false }, onConnection);
  // Handshakes that fail on purpose, and connections that never come to one.
  server.on('tlsClientError', () => {});
  const host = options.host ?? '127.0.0.1';
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  // A test that fails before it closes its server must end, not hang.
  server.unref();
  const { port } = server.address() as AddressInfo;
  const scheme = options.tls ? 'https' : 'http';
  const self: RawServer = {
    port,
    requests: [],
    open,
    url: (path = '/') => `${scheme}://${host}:${port}${path}`,
    close: () => closeServer(server, open),
  };
  return self;
}

/** Answers each whole request and closes. */
export function answering(answer: Answer): Behaviour {
  return (socket, server) => {
    let received = '';
    socket.on('data', (bytes: Buffer) => {
      received += bytes.toString('latin1');
      if (!isWhole(received)) return;
      server.requests.push(received);
      const reply = answer(received, server);
      received = '';
      if (reply !== undefined) socket.end(reply);
    });
  };
}

/** `HTTP/1.1 200 OK` with headers and body; the length is added. */
export function answerText(status: string, headers: readonly string[] = [], body = ''): string {
  const lines = [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

function isWhole(request: string): boolean {
  const end = request.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /^content-length: (\d+)/im.exec(request.slice(0, end))?.[1] ?? '0';
  return request.length >= end + 4 + Number(length);
}

async function closeServer(server: Server, open: Set<Socket>): Promise<void> {
  for (const socket of open) socket.destroy();
  const closed = once(server, 'close');
  server.ref().close();
  await closed;
}
