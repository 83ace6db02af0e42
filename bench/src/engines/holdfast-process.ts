// The real command in a process of its own, as it runs in production: started, killed, stopped.

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../../apps/holdfast/bin/holdfast.js', import.meta.url));
const STOPPED_MS_MAX = 15_000;
const SAID_LENGTH_MAX = 16_384;

export class HoldfastProcess {
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #words: readonly string[];
  #said = '';

  constructor(words: readonly string[]) {
    this.#words = words;
    this.#child = spawn(process.execPath, [LAUNCHER, ...words], {
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (text: Buffer) => {
      this.#said = (this.#said + text).slice(-SAID_LENGTH_MAX);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Throws with its last words when it ended. */
  demandRunning(): void {
    if (!this.running)
      throw new Error(`holdfast ${this.#words.join(' ')} ended by itself: ${this.#said}`);
  }

  /** Throws unless it ends well. */
  async demandSuccess(): Promise<void> {
    const code = await this.ended;
    if (code !== 0)
      throw new Error(`holdfast ${this.#words.join(' ')} ended with ${code}: ${this.#said}`);
  }

  /** SIGKILL; waits until it is dead. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  /** As an operator stops it. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOPPED_MS_MAX);
    await this.ended;
    clearTimeout(timer);
  }
}
