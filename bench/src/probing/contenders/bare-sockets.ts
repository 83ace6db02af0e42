// The floor: the same exchange by hand on Node's sockets, with the times a probe cannot do without
// (connected, first byte, end) and nothing else. Nothing is parsed, judged or recorded. It is plain
// good code: what we may add to it is what the goals are about.

import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectSecure, createSecureContext } from 'node:tls';
import type { Endpoint } from '../../targets.ts';
import type { MakeContender } from '../contender.ts';

interface Times {
  connectMs: number;
  firstByteMs: number;
  totalMs: number;
  bytes: number;
}

export const makeBareSockets: MakeContender = async (kind, targets) => {
  const requests = new Map(targets[kind].map((endpoint) => [endpoint, requestTo(endpoint)]));
  const request = (endpoint: Endpoint) => requests.get(endpoint) ?? '';
  if (kind === 'tcp') return { once: connectOnly };
  if (kind === 'http') {
    return {
      once: (endpoint) => exchange(connectPlain(endpoint), 'connect', request(endpoint)),
    };
  }
  // Made once. No session is ever handed over, so each handshake is a full one.
  const secureContext = createSecureContext({ ca: targets.ca, minVersion: 'TLSv1.2' });
  const options = { secureContext, servername: targets.serverName, ALPNProtocols: ['http/1.1'] };
  return {
    once: (endpoint) =>
      exchange(connectSecure({ ...endpoint, ...options }), 'secureConnect', request(endpoint)),
  };
};

/** The bytes that our own prober sends. */
function requestTo({ host, port }: Endpoint): string {
  return [
    'GET / HTTP/1.1',
    `Host: ${host}:${port}`,
    'User-Agent: Holdfast/0.1',
    'Accept: */*',
    'Accept-Encoding: identity',
    'Connection: close',
    '',
    '',
  ].join('\r\n');
}

function exchange(socket: Socket, ready: string, request: string): Promise<Times> {
  return new Promise((resolve, reject) => {
    const beganMs = performance.now();
    const times: Times = { connectMs: 0, firstByteMs: 0, totalMs: 0, bytes: 0 };
    socket.once(ready, () => {
      times.connectMs = performance.now() - beganMs;
      socket.write(request);
    });
    socket.on('data', (bytes: Buffer) => {
      if (times.bytes === 0) times.firstByteMs = performance.now() - beganMs;
      times.bytes += bytes.length;
    });
    socket.once('error', reject);
    socket.once('close', () => {
      times.totalMs = performance.now() - beganMs;
      if (times.bytes === 0) reject(new Error('The target closed without an answer.'));
      else resolve(times);
    });
  });
}

function connectOnly(endpoint: Endpoint): Promise<number> {
  return new Promise((resolve, reject) => {
    const beganMs = performance.now();
    const socket = connectPlain(endpoint, () => {
      const connectMs = performance.now() - beganMs;
      socket.destroy();
      resolve(connectMs);
    });
    socket.once('error', reject);
  });
}
