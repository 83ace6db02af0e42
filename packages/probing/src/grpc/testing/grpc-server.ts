// gRPC servers for tests, on node:http2 by hand: each path does exactly what the test says.

import { once } from 'node:events';
import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { ServerCertificate } from '../../testing/certificates.ts';
import { frameMessage, MessageReader } from '../message-reader.ts';

const REQUEST_BYTES_MAX = 1_000_000;

export interface GrpcServer {
  readonly port: number;
  readonly calls: ServerCall[];
  readonly sessions: Set<ServerHttp2Session>;
  close(): Promise<void>;
}

/** Called when the headers of a request have come. */
export type Handler = (call: ServerCall) => void;

export class ServerCall {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  readonly received: Buffer[] = [];
  onMessage: (message: Buffer) => void = () => {};
  onEnd: () => void = () => {};
  closedWith: number | undefined;
  #trailers: Record<string, string> = {};

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.stream = stream;
    this.headers = headers;
    const reader = new MessageReader(REQUEST_BYTES_MAX, ({ bytes }) => {
      this.received.push(bytes);
      this.onMessage(bytes);
      return true;
    });
    stream.on('data', (bytes: Buffer) => reader.feed(bytes));
    stream.on('end', () => this.onEnd());
    stream.on('error', () => {});
    stream.on('close', () => {
      this.closedWith = stream.rstCode;
    });
    stream.on('wantTrailers', () => stream.sendTrailers(this.#trailers));
  }

  get path(): string {
    return String(this.headers[':path']);
  }

  head(headers: Record<string, string | number> = {}): this {
    const all = { ':status': 200, 'content-type': 'application/grpc', ...headers };
    this.stream.respond(all, { waitForTrailers: true });
    return this;
  }

  send(message: Uint8Array): this {
    this.stream.write(frameMessage(message));
    return this;
  }

  sendCompressed(message: Uint8Array): this {
    const framed = frameMessage(gzipSync(message));
    framed.writeUInt8(1, 0);
    this.stream.write(framed);
    return this;
  }

  finish(code: number | string, message?: string, others: Record<string, string> = {}): void {
    this.#trailers = { 'grpc-status': String(code), ...others };
    if (message !== undefined) this.#trailers['grpc-message'] = message;
    this.stream.end();
  }

  finishWith(trailers: Record<string, string>): void {
    this.#trailers = trailers;
    this.stream.end();
  }

  /** Everything in the headers. */
  refuse(code: number | string, message = ''): void {
    this.stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': String(code),
        'grpc-message': message,
      },
      { endStream: true },
    );
  }
}

/** A handler that answers one message with one. */
export function unary(answer: (request: Buffer) => Uint8Array): Handler {
  return (call) => {
    call.onEnd = () => {
      call.head().send(answer(call.received[0] ?? Buffer.alloc(0)));
      call.finish(0);
    };
  };
}

export async function grpcServer(
  handlers: Record<string, Handler>,
  tls?: ServerCertificate,
): Promise<GrpcServer> {
  const server = tls === undefined ? createServer() : createSecureServer(tls);
  const sessions = new Set<ServerHttp2Session>();
  const calls: ServerCall[] = [];
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => {});
    session.unref();
  });
  server.on('sessionError', () => {});
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    const call = new ServerCall(stream, headers);
    calls.push(call);
    const handler = handlers[call.path];
    if (handler === undefined) call.refuse(12, 'unknown method');
    else handler(call);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    port,
    calls,
    sessions,
    async close() {
      for (const session of sessions) session.destroy();
      const closed = once(server, 'close');
      server.ref();
      server.close();
      await closed;
    },
  };
}
