// A real PostgreSQL of a test's own: data in memory where the system has such a place, run as a user
// without rights when the test is root, stopped, killed and started again as the test likes.

import { execFile } from 'node:child_process';
import { chownSync, existsSync, globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownLoopbackAddress } from './loopback.ts';
import { ServerProcess } from './server-process.ts';

export interface PostgresServer {
  /** Of its only database, as its owner, without a password. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Of the server whose children serve the connections. */
  readonly pid: number;
  readonly running: boolean;
  /** What it printed last. */
  readonly log: string;
  /** Breaks the connections, writes what it holds, and ends. */
  stop(): Promise<void>;
  /** SIGKILL of the server; its children end when they notice. */
  kill(): Promise<void>;
  /** Stops it when it runs, starts it on its data, and waits until it serves. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface PostgresServerOptions {
  /** Whether a commit waits for the disk; default false, and then the data lie in memory. */
  fsync?: boolean;
  /** As `name=value`. */
  settings?: readonly string[];
}

const PORT = 5432;
const OWNER = 'holdfast';
const START_MS_MAX = 20_000;
const LOOK_MS = 20;
const run = promisify(execFile);

export async function startPostgres(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const { fsync = false, settings = [] } = options;
  const memory = '/dev/shm';
  const place = !fsync && existsSync(memory) ? memory : tmpdir();
  const folder = await mkdtemp(join(place, `holdfast-postgres-${process.pid}-`));
  const host = await ownLoopbackAddress([PORT]);
  const user = await unprivileged(folder);
  const server = new Server(host, folder, user, [`fsync=${fsync}`, ...settings]);
  try {
    await server.create();
    await server.restart();
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

class Server implements PostgresServer {
  readonly host: string;
  readonly port = PORT;
  readonly #folder: string;
  readonly #user: readonly string[];
  readonly #process: ServerProcess;

  constructor(host: string, folder: string, user: readonly string[], settings: readonly string[]) {
    this.host = host;
    this.#folder = folder;
    this.#user = user;
    const all = [
      `listen_addresses=${host}`,
      `port=${PORT}`,
      'unix_socket_directories=',
      'max_connections=60',
      ...settings,
    ].flatMap((setting) => ['-c', setting]);
    this.#process = new ServerProcess([...user, program('postgres'), '-D', folder, ...all]);
  }

  get url(): string {
    return `postgres://${OWNER}@${this.host}:${PORT}/postgres`;
  }

  get pid(): number {
    return this.#process.pid;
  }

  get running(): boolean {
    return this.#process.running;
  }

  get log(): string {
    return this.#process.log;
  }

  async create(): Promise<void> {
    const flags = ['-A', 'trust', '-U', OWNER, '-E', 'UTF8', '--locale=C', '--no-sync'];
    const [command = '', ...rest] = [...this.#user, program('initdb'), '-D', this.#folder];
    await run(command, [...rest, ...flags, '--no-instructions']);
  }

  async stop(): Promise<void> {
    if (this.running) process.kill(this.#process.pid, 'SIGINT');
    await until(() => !this.running, 'PostgreSQL did not stop');
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  async restart(): Promise<void> {
    await this.stop();
    this.#process.start();
    await until(
      async () => {
        // The children of a server that was killed may hold its memory for a moment.
        if (!this.running) this.#process.start();
        return await this.#serves();
      },
      `PostgreSQL did not start: ${this.log.slice(-2_000)}`,
    );
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10 });
  }

  #serves(): Promise<boolean> {
    return run(program('pg_isready'), ['-h', this.host, '-p', String(PORT)]).then(
      () => true,
      () => false,
    );
  }
}

/** The command before which makes it another user's; none when this user has no more rights than any. */
async function unprivileged(folder: string): Promise<string[]> {
  if (process.getuid?.() !== 0) return [];
  const ids = await Promise.all(
    ['-u', '-g'].map((flag) => run('id', [flag, 'postgres']).then(({ stdout }) => Number(stdout))),
  );
  const [uid = 65_534, gid = 65_534] = ids;
  chownSync(folder, uid, gid);
  const who = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--pdeathsig', 'KILL'];
  return ['setpriv', ...who];
}

function program(name: string): string {
  const [newest] = globSync(`/usr/lib/postgresql/*/bin/${name}`).sort().reverse();
  return newest ?? name;
}

async function until(holds: () => boolean | Promise<boolean>, otherwise: string): Promise<void> {
  const deadlineMs = performance.now() + START_MS_MAX;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(otherwise);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
