// A server or an agent of a fleet as a process of its own, which a test kills, stands still and starts
// again. It is the program itself and not its launcher, so that a signal hits what it is meant for.

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { TOP } from '../source-files.ts';
import { until } from './holdfast-process.ts';

const LAUNCHER = join(TOP, 'apps/holdfast/bin/holdfast.js');
const SAID_LENGTH_MAX = 4 * 1024 * 1024;

export interface LogLine {
  message: string;
  [field: string]: unknown;
}

export class FleetProcess {
  readonly id: string;
  readonly #words: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #ended: Promise<number | null> = Promise.resolve(null);
  #said = '';

  constructor(id: string, words: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.id = id;
    this.#words = words;
    this.#environment = environment;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && !this.#child.killed;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Since its first start. */
  get said(): string {
    return this.#said;
  }

  /** Of its log, those that say it. */
  lines(message: string): LogLine[] {
    return this.#said
      .split('\n')
      .filter((line) => line.startsWith('{') && line.includes(message))
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** Resolves once it says that it is there. */
  async start(): Promise<void> {
    const before = this.#said.length;
    const child = spawn(process.execPath, [LAUNCHER, ...this.#words, '--log-format', 'json'], {
      env: { ...process.env, NO_COLOR: '1', ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const keep = (chunk: Buffer) => {
      this.#said = (this.#said + chunk).slice(-SAID_LENGTH_MAX);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.#ended = new Promise((resolve) => child.once('close', resolve));
    await until(() => {
      if (/^[+●] /m.test(this.#said.slice(before))) return true;
      if (child.exitCode !== null) throw new Error(`${this.id} did not start: ${this.#said}`);
      return undefined;
    });
  }

  /** SIGKILL, and dead. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#ended;
  }

  /** As a user would end it; resolves to its exit code. */
  async end(): Promise<number | null> {
    this.#child?.kill('SIGTERM');
    return this.#ended;
  }

  standStill(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  goOn(): void {
    process.kill(this.pid, 'SIGCONT');
  }
}
