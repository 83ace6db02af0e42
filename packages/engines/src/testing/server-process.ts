// A server program as a child of the test: killed, stood still, continued, started again, and never left
// behind, not even when the test itself is killed.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Linux: the kernel kills the server when the test's process dies. */
const WITH_ITS_PARENT = ['/usr/bin/setpriv', '--pdeathsig', 'KILL'];
const LOG_BYTES_MAX = 64 * 1024;

export class ServerProcess {
  readonly #command: readonly string[];
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #log = '';

  constructor(command: readonly string[]) {
    this.#command = existsSync(WITH_ITS_PARENT[0] ?? '')
      ? [...WITH_ITS_PARENT, ...command]
      : command;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the server does not run');
    return pid;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /** What it printed last. */
  get log(): string {
    return this.#log;
  }

  start(): void {
    if (this.#child !== undefined) throw new Error('the server runs already');
    const [program = '', ...parameters] = this.#command;
    const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const keep = (text: Buffer) => {
      this.#log = (this.#log + text.toString('utf8')).slice(-LOG_BYTES_MAX);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    this.#ended = new Promise((resolve) => {
      const over = () => {
        if (this.#child === child) this.#child = undefined;
        resolve();
      };
      child.once('close', over);
      child.once('error', (error) => {
        keep(Buffer.from(String(error)));
        over();
      });
    });
  }

  /** SIGSTOP: its sockets stay open and the kernel goes on accepting for it. */
  stop(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  continue(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** SIGKILL, which a stopped process dies of as well. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#ended;
  }
}
