// Something to look at before anything of one's own is there: small servers on loopback that are
// fast, slow, flaky, silent, and one whose certificate is about to expire, and a pager that takes
// alerts. They live as long as the server and answer nobody but this machine.

import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import type { Chance, Clock } from '@holdfast/kernel';
import { createDemoCertificate } from './demo-certificate.ts';

export interface DemoTargets {
  fast: string;
  slow: string;
  flaky: string;
  expiring: string;
  silent: string;
  database: string;
  pager: string;
  /** PEM that the expiring one is trusted by. */
  authority: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** Tried first, so that targets keep their address over restarts; taken ones are replaced by any. */
const PORTS = { web: 7091, secure: 7092, silent: 7093, database: 7094 };
const CERTIFICATE_VALID_MS = 9 * 86_400_000;
const SLOW_MS = { least: 450, spread: 500 };
/** Bad for 20 s of each 90 s: long enough to alert, short enough to see it recover. */
const FLAKY = { periodMs: 90_000, badMs: 20_000 };
const BODY_BYTES_MAX = 64 * 1024;

export async function startDemoTargets(clock: Clock, chance: Chance): Promise<DemoTargets> {
  const certificate = await createDemoCertificate(clock.wallMs(), CERTIFICATE_VALID_MS);
  const servers: Closable[] = [];
  const start = async (server: Server | ReturnType<typeof createTcpServer>, port: number) => {
    const bound = await listen(server, port);
    servers.push(closable(server));
    return bound;
  };
  const web = await start(createServer(webAnswers(clock, chance)), PORTS.web);
  const { key, certificate: cert } = certificate;
  const secure = await start(
    createTlsServer({ key, cert }, (_request, answer) => answer.end('ok\n')),
    PORTS.secure,
  );
  const silent = await start(
    createTcpServer(() => {}),
    PORTS.silent,
  );
  const database = await start(
    createTcpServer((socket) => socket.end('ready\n')),
    PORTS.database,
  );
  return {
    fast: `http://${HOST}:${web}/fast`,
    slow: `http://${HOST}:${web}/slow`,
    flaky: `http://${HOST}:${web}/flaky`,
    pager: `http://${HOST}:${web}/pager`,
    expiring: `https://${HOST}:${secure}/`,
    silent: `http://${HOST}:${silent}/`,
    database: `tcp://${HOST}:${database}`,
    authority: certificate.authority,
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

function webAnswers(clock: Clock, chance: Chance): RequestListener {
  const routes: Record<string, RequestListener> = {
    '/fast': (_request, answer) => json(answer, 200, { status: 'ok', queue: 3 }),
    '/slow': (_request, answer) => {
      const delayMs = SLOW_MS.least + chance.next() * SLOW_MS.spread;
      const timer = clock.after(delayMs, () => json(answer, 200, { status: 'ok' }));
      answer.on('close', () => timer.cancel());
    },
    '/flaky': (_request, answer) => {
      const bad = clock.wallMs() % FLAKY.periodMs < FLAKY.badMs;
      json(answer, bad ? 503 : 200, { status: bad ? 'overloaded' : 'ok' });
    },
    '/pager': takeAlert,
  };
  return (request, answer) => {
    const route = routes[request.url ?? ''];
    if (route === undefined) json(answer, 404, { status: 'nothing here' });
    else route(request, answer);
  };
}

const takeAlert: RequestListener = (request, answer) => {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) request.destroy();
  });
  request.on('end', () => json(answer, 202, { status: 'paged' }));
};

function json(answer: Parameters<RequestListener>[1], status: number, body: unknown): void {
  answer.writeHead(status, { 'Content-Type': 'application/json' });
  answer.end(JSON.stringify(body));
}

interface Listening {
  listen(options: { host: string; port: number }): unknown;
  once(event: 'listening' | 'error', listener: (error: Error) => void): unknown;
  removeAllListeners(event: string): unknown;
  address(): AddressInfo | string | null;
}

/** Takes the wanted port, or any when that is taken. */
async function listen(server: Listening, port: number): Promise<number> {
  const bind = (wanted: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('listening', () => resolve());
      server.once('error', reject);
      server.listen({ host: HOST, port: wanted });
    }).finally(() => {
      server.removeAllListeners('listening');
      server.removeAllListeners('error');
    });
  await bind(port).catch(() => bind(0));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

interface Closable {
  close(): Promise<void>;
}

interface ConnectionServer {
  on(event: 'connection', listener: (socket: Socket) => void): unknown;
  close(done: () => void): unknown;
}

/** Ends open connections too: the silent one never would by itself. */
function closable(server: ConnectionServer): Closable {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
