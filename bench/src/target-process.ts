// The servers that are probed, in a process of their own so that their CPU time is nobody's. Each
// kind listens on several loopback addresses: a connection leaves its four numbers taken for a minute
// (TIME_WAIT), and one address alone would run out of ports within a few rounds.

import { createSocket } from 'node:dgram';
import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type RequestListener,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { answerParent } from './child-process.ts';
import { answerKept, KEPT_TARGETS } from './kept-targets.ts';
import { makeCertificates } from './target-certificates.ts';
import type { Endpoint, Targets } from './targets.ts';

/** Linux has all of 127/8; elsewhere there is one address unless somebody configured more. */
const ADDRESSES = process.platform === 'linux' ? 20 : 1;
const HOSTS = Array.from({ length: ADDRESSES }, (_, at) => `127.0.0.${at + 1}`);
/** Fifty at once must never wait for a slot. */
const BACKLOG = 1024;
const SERVER_NAME = 'target.bench.holdfast.test';
const BODY = Buffer.from('{"status":"ok"}\n');

const answer: RequestListener = (_request, response) => {
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': BODY.length,
    Connection: 'close',
  });
  response.end(BODY);
};

async function listenEverywhere(make: () => Server): Promise<Endpoint[]> {
  return Promise.all(HOSTS.map((host) => listen(make(), host)));
}

/** Two servers of a hundred would share an address away from Linux, but never a port. */
function listenKept(make: () => HttpServer): Promise<Endpoint[]> {
  const hosts = Array.from({ length: KEPT_TARGETS }, (_, at) =>
    ADDRESSES > 1 ? `127.0.1.${at + 1}` : '127.0.0.1',
  );
  return Promise.all(hosts.map((host) => listen(answerKept(make()), host)));
}

function listen(server: Server, host: string): Promise<Endpoint> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port: 0, backlog: BACKLOG }, () => {
      resolve({ host, port: (server.address() as AddressInfo).port });
    });
  });
}

/** A DNS server that knows one answer: the question again, with one A record (RFC 1035 section 4.1). */
function listenForNames(): Promise<Endpoint> {
  const socket = createSocket('udp4');
  // Name by pointer to the question, type A, class IN, 60 s, 4 bytes, 192.0.2.1.
  const record = Buffer.from('c00c000100010000003c0004c0000201', 'hex');
  socket.on('message', (question, from) => {
    const end = question.indexOf(0, 12) + 5;
    const reply = Buffer.concat([question.subarray(0, end), record]);
    // An answer, recursion as asked and available, one question, one answer, nothing else.
    reply.writeUInt16BE(0x8180, 2);
    reply.writeUInt16BE(1, 4);
    reply.writeUInt16BE(1, 6);
    reply.writeUInt32BE(0, 8);
    socket.send(reply, from.port, from.address);
  });
  return new Promise((resolve) => {
    socket.bind({ address: '127.0.0.1', port: 0 }, () => {
      resolve({ host: '127.0.0.1', port: socket.address().port });
    });
  });
}

async function start(): Promise<Targets> {
  const { ca, chain, key } = await makeCertificates(SERVER_NAME);
  return {
    http: await listenEverywhere(() => createHttpServer(answer)),
    https: await listenEverywhere(() => createHttpsServer({ cert: chain, key }, answer)),
    keepAliveHttp: await listenKept(() => createHttpServer()),
    keepAliveHttps: await listenKept(() => createHttpsServer({ cert: chain, key })),
    tcp: await listenEverywhere(() =>
      createTcpServer((socket) => {
        // A client that is content may well reset.
        socket.on('error', () => {}).resume();
      }),
    ),
    icmp: HOSTS.map((host) => ({ host, port: 0 })),
    dns: await listenForNames(),
    serverName: SERVER_NAME,
    ca,
  };
}

answerParent(start);
