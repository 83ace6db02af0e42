// DNS over TLS and over HTTPS for tests: they send exactly what the test says. The HTTPS one speaks
// HTTP/2 and HTTP/1.1 on one port, and tells which.

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';
import packet, { type DecodedPacket } from 'dns-packet';
import { type ServerCertificate, testCertificates } from '../../testing/certificates.ts';
import { framedReply } from './dns-server.ts';

export interface SecureServer {
  readonly host: string;
  readonly port: number;
  readonly asked: DecodedPacket[];
  /** Of HTTPS: version, method, path and types of each request. */
  readonly requests: string[];
  close(): Promise<void>;
}

export type SecureReplies = (query: DecodedPacket) => Buffer;

export interface HttpReply {
  status?: number;
  type?: string;
  /** Of the content, instead of the reply. */
  body?: Buffer;
  /** Ends the connection instead of answering. */
  resets?: boolean;
}

type AnyRequest = IncomingMessage | Http2ServerRequest;
type AnyResponse = (ServerResponse | Http2ServerResponse) & {
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(body: Buffer): unknown;
};

interface Wish {
  certificate?: ServerCertificate;
  alpn?: string[];
}

const HOST = '127.0.0.1';

export async function tlsDnsServer(replies: SecureReplies, wish: Wish = {}): Promise<SecureServer> {
  const { cert, key } = wish.certificate ?? (await testCertificates()).good;
  const asked: DecodedPacket[] = [];
  const server = createServer({ cert, key, ALPNProtocols: wish.alpn ?? ['dot'] }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      const query = packet.decode(bytes.subarray(2));
      asked.push(query);
      socket.write(framedReply(replies(query)));
    });
  });
  return started(server, asked, []);
}

export async function httpsDnsServer(
  replies: SecureReplies,
  answer: HttpReply = {},
  wish: Wish = {},
): Promise<SecureServer> {
  const { cert, key } = wish.certificate ?? (await testCertificates()).good;
  const [asked, requests]: [DecodedPacket[], string[]] = [[], []];
  const serve = async (request: AnyRequest, response: AnyResponse) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const query = packet.decode(Buffer.concat(pieces));
    asked.push(query);
    const { 'content-type': type, accept } = request.headers;
    requests.push([request.httpVersion, request.method, request.url, type, accept].join(' '));
    if (answer.resets) {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status ?? 200, {
      'content-type': answer.type ?? 'application/dns-message',
    });
    response.end(answer.body ?? replies(query));
  };
  const onlyOld = wish.alpn !== undefined && !wish.alpn.includes('h2');
  const server = onlyOld
    ? createHttpsServer({ cert, key }, serve)
    : createSecureServer({ cert, key, allowHTTP1: true }, serve);
  return started(server, asked, requests);
}

async function started(
  server: Server,
  asked: DecodedPacket[],
  requests: string[],
): Promise<SecureServer> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => open.add(socket));
  server.on('tlsClientError', () => {});
  server.on('sessionError', () => {});
  server.listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    for (const socket of open) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { host: HOST, port, asked, requests, close };
}
