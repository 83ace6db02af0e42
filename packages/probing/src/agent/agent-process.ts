// One life of the agent's process, as the server sees it: spawned, ready, silent too long, gone.
// Whoever spawns it is told of its end exactly once; nothing here decides what comes next.

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Clock, sleep, type Timer } from '@holdfast/kernel';
import { AGENT_ENVIRONMENT, AGENT_NODE_FLAGS } from './node-flags.ts';
import type { FromAgent, ToAgent } from './protocol.ts';

const PROGRAM = fileURLToPath(new URL('./main.ts', import.meta.url));

/** The end of what the agent wrote on stderr, enough for a stack. */
const STDERR_CHARACTERS_MAX = 4_000;
/** The agent speaks every second; so many looks in a row without a word and it hangs. */
const LOOK_MS = 5_000;
const SILENT_LOOKS_MAX = 6;

/** The kernel ends a killed process at once, unless it hangs in a device. */
const KILL_MS_MAX = 2_000;

export interface AgentEnd {
  exitCode: number | null;
  signal: string | null;
  /** The last it wrote on stderr. */
  stderr: string;
}

export interface AgentProcessOptions {
  clock: Clock;
  id: string;
  location: string;
  nodePath: string;
  /** A start to fill the compile cache was made already. */
  warmed: boolean;
  onMessage: (message: FromAgent) => void;
  /** All its messages were delivered before. */
  onEnd: (end: AgentEnd) => void;
}

export class AgentProcess {
  readonly #options: AgentProcessOptions;
  readonly #child: ChildProcess;
  #stderr = '';
  #silentLooks = 0;
  #watch: Timer | undefined;
  readonly #ended = new AbortController();

  constructor(options: AgentProcessOptions) {
    this.#options = options;
    const names = ['--id', options.id, '--location', options.location];
    if (options.warmed) names.push('--warmed');
    this.#child = spawn(options.nodePath, [...AGENT_NODE_FLAGS, PROGRAM, ...names], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...AGENT_ENVIRONMENT, ...process.env },
      serialization: 'json',
    });
    this.#listen();
    this.#look();
  }

  /** False when the process is gone: the message is lost, which its owner makes good at the next start. */
  send(message: ToAgent): boolean {
    if (!this.#child.connected) return false;
    this.#child.send(message, () => {});
    return true;
  }

  /** Asks it to stop, kills it after `graceMs`; resolves after onEnd. */
  async stop(graceMs: number): Promise<void> {
    this.send({ type: 'stop' });
    await this.#endWithin(graceMs);
    if (this.#ended.signal.aborted) return;
    this.#child.kill('SIGKILL');
    await this.#endWithin(KILL_MS_MAX);
  }

  async #endWithin(waitMs: number): Promise<void> {
    await sleep(this.#options.clock, waitMs, this.#ended.signal).catch(() => {});
  }

  #listen(): void {
    const child = this.#child;
    child.on('message', (message) => {
      this.#silentLooks = 0;
      this.#options.onMessage(message as FromAgent);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_CHARACTERS_MAX);
    });
    child.on('error', (error) => {
      this.#stderr += error.message;
      // Without a process there will be no close either.
      if (child.pid === undefined) this.#end(null, null);
    });
    child.on('close', (exitCode, signal) => this.#end(exitCode, signal));
  }

  /** Looks are counted, not time: a server that slept itself must not blame the agent. */
  #look(): void {
    this.#watch = this.#options.clock.after(LOOK_MS, () => {
      this.#silentLooks += 1;
      if (this.#silentLooks < SILENT_LOOKS_MAX) return this.#look();
      this.#stderr += `No word for ${(LOOK_MS * SILENT_LOOKS_MAX) / 1_000} s: killed.`;
      this.#child.kill('SIGKILL');
    });
  }

  #end(exitCode: number | null, signal: string | null): void {
    if (this.#ended.signal.aborted) return;
    this.#watch?.cancel();
    this.#options.onEnd({ exitCode, signal, stderr: this.#stderr.trim() });
    this.#ended.abort();
  }
}
