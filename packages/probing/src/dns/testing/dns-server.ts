// DNS servers for tests, on UDP and TCP of one port, that send exactly what the test says, right or
// wrong.

import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import packet, { type Answer, type DecodedPacket } from 'dns-packet';

export type Transport = 'udp' | 'tcp';

export interface DnsServer {
  readonly host: string;
  readonly port: number;
  /** Queries as they came. */
  readonly asked: { query: DecodedPacket; via: Transport }[];
  /** TCP connections that are not closed yet. */
  readonly open: Set<Socket>;
  close(): Promise<void>;
}

/** Messages to send back, in this order; none = stay silent. */
export type Replies = (query: DecodedPacket, via: Transport) => Buffer | Buffer[] | undefined;

export interface DnsServerOptions {
  host?: string;
  port?: number;
  /** Instead of replies, for what goes over TCP. */
  onTcpQuery?: (socket: Socket, query: DecodedPacket) => void;
}

/** A port that is free for TCP need not be free for UDP. */
const BIND_TRIES = 20;

export async function dnsServer(
  replies: Replies,
  options: DnsServerOptions = {},
): Promise<DnsServer> {
  const { host = '127.0.0.1' } = options;
  const asked: DnsServer['asked'] = [];
  const open = new Set<Socket>();
  const tcp = createServer((socket) => {
    open.add(socket);
    socket.unref();
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      const query = packet.decode(bytes.subarray(2));
      asked.push({ query, via: 'tcp' });
      if (options.onTcpQuery) options.onTcpQuery(socket, query);
      else for (const reply of listOf(replies(query, 'tcp'))) socket.write(framedReply(reply));
    });
  });
  tcp.unref();
  const answer = (socket: UdpSocket, bytes: Buffer, from: RemoteInfo) => {
    const query = packet.decode(bytes);
    asked.push({ query, via: 'udp' });
    for (const reply of listOf(replies(query, 'udp'))) socket.send(reply, from.port, from.address);
  };
  for (let tried = 1; ; tried += 1) {
    tcp.listen(options.port ?? 0, host);
    await once(tcp, 'listening');
    const { port } = tcp.address() as AddressInfo;
    const udp = await boundUdp(host, port, answer);
    if (udp !== undefined) return { host, port, asked, open, close: () => close(udp) };
    if (tried === BIND_TRIES || options.port !== undefined) throw new Error('no port is free');
    tcp.close();
    await once(tcp, 'close');
  }

  async function close(udp: UdpSocket): Promise<void> {
    for (const socket of open) socket.destroy();
    udp.close();
    tcp.ref().close();
    await once(tcp, 'close');
  }
}

export interface ReplyWish {
  answers?: Answer[];
  authorities?: Answer[];
  additionals?: Answer[];
  /** The number of the response code. */
  rcode?: number;
  flags?: number;
  id?: number;
  questions?: DecodedPacket['questions'];
}

/** The message that answers the query so. */
export function reply(query: DecodedPacket, wish: ReplyWish = {}): Buffer {
  return packet.encode({
    type: 'response',
    id: wish.id ?? query.id ?? 0,
    flags: (wish.flags ?? packet.RECURSION_AVAILABLE) | (wish.rcode ?? 0),
    questions: wish.questions ?? query.questions ?? [],
    answers: wish.answers ?? [],
    authorities: wish.authorities ?? [],
    additionals: wish.additionals ?? [],
  });
}

export function framedReply(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

function listOf(replies: Buffer | Buffer[] | undefined): Buffer[] {
  return Array.isArray(replies) ? replies : replies === undefined ? [] : [replies];
}

/** undefined when the port is taken. */
async function boundUdp(
  host: string,
  port: number,
  answer: (socket: UdpSocket, bytes: Buffer, from: RemoteInfo) => void,
): Promise<UdpSocket | undefined> {
  const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  udp.on('message', (bytes, from) => answer(udp, bytes, from));
  udp.bind(port, host);
  try {
    await once(udp, 'listening');
  } catch {
    udp.close();
    return undefined;
  }
  return udp.unref();
}
