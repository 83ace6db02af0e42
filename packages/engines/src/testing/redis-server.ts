// A real Redis for a test, on a loopback address of its own: killed, stood still, continued and
// started again. With `appendOnly` it keeps its data through a kill, else it comes back empty.

import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { ownLoopbackAddress } from './loopback.ts';
import { ServerProcess } from './server-process.ts';

/** Debian's redis-tools hold the server under the name of a tool that goes by the name it is called by. */
const PROGRAMS = [
  '/usr/bin/redis-server',
  '/usr/local/bin/redis-server',
  '/usr/bin/redis-check-rdb',
];
const PORT = 6_379;
const START_MS_MAX = 15_000;
const POLL_MS = 10;
const ANSWER_MS_MAX = 1_000;

export interface RedisServer {
  /** With the password, if there is one. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** SIGKILL; waits until it is dead. */
  kill(): Promise<void>;
  /** SIGSTOP. */
  stop(): void;
  /** SIGCONT. */
  continue(): void;
  /** Kills it when it runs, starts it on its data, and waits until it serves. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

export interface RedisServerOptions {
  /** Written and synced at every command, so that nothing confirmed is lost. */
  appendOnly?: boolean;
  password?: string;
  /** PEM files; makes it a server for TLS alone. `host`: the address that they name. */
  tls?: { certificate: string; key: string; host: string };
}

export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const host = options.tls?.host ?? (await ownLoopbackAddress([PORT]));
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-redis-'));
  const program = join(folder, 'redis-server');
  const installed = PROGRAMS.find((path) => existsSync(path));
  if (installed === undefined) throw new Error(`none of ${PROGRAMS.join(', ')} is installed`);
  symlinkSync(installed, program);
  const server = new ServerProcess([program, ...parametersOf(options, host, folder)]);
  const start = async () => {
    server.start();
    await serves(server, host, options);
  };
  const close = async () => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  await start().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const credentials = options.password === undefined ? '' : `:${options.password}@`;
  const scheme = options.tls === undefined ? 'redis' : 'rediss';
  return {
    url: `${scheme}://${credentials}${host}:${PORT}`,
    host,
    port: PORT,
    kill: () => server.kill(),
    stop: () => server.stop(),
    continue: () => server.continue(),
    restart: async () => {
      await server.kill();
      await start();
    },
    close,
  };
}

function parametersOf(options: RedisServerOptions, host: string, folder: string): string[] {
  const { appendOnly, password, tls } = options;
  const settings: Record<string, string> = {
    bind: host,
    dir: folder,
    save: '',
    appendonly: appendOnly ? 'yes' : 'no',
    appendfsync: 'always',
    // A rewrite forks, and a killed server's fork would live on for a while.
    'auto-aof-rewrite-percentage': '0',
    ...(password === undefined ? {} : { requirepass: password }),
    ...(tls === undefined
      ? { port: String(PORT) }
      : {
          port: '0',
          'tls-port': String(PORT),
          'tls-cert-file': tls.certificate,
          'tls-key-file': tls.key,
          'tls-ca-cert-file': tls.certificate,
          'tls-auth-clients': 'no',
        }),
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

async function serves(
  server: ServerProcess,
  host: string,
  options: RedisServerOptions,
): Promise<void> {
  const deadlineMs = performance.now() + START_MS_MAX;
  while (!(await answers(host, options))) {
    if (!server.running || performance.now() > deadlineMs)
      throw new Error(`Redis does not serve: ${server.log}`);
    await pause(POLL_MS);
  }
}

/** A server that still reads its data answers -LOADING. */
function answers(host: string, { password, tls }: RedisServerOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const socket =
      tls === undefined
        ? connectTcp(PORT, host)
        : connectTls({ port: PORT, host, rejectUnauthorized: false });
    const over = (does: boolean) => {
      socket.destroy();
      resolve(does);
    };
    socket.setTimeout(ANSWER_MS_MAX, () => over(false));
    socket.on('error', () => over(false));
    socket.on('close', () => over(false));
    socket.on('data', (answer) => over(/\+PONG/.test(answer.toString())));
    socket.write(password === undefined ? 'PING\r\n' : `AUTH ${password}\r\nPING\r\n`);
  });
}
