// One end of the conversation with a store's worker: calls with ids, bounded in number, answered by
// promises. When the worker dies, all that wait are refused, and a new worker is started, at most
// once a second; until it is open every call is refused at once. It never leaves a promise hanging.

import type { Worker } from 'node:worker_threads';
import type { Clock, Logger, Timer } from '@holdfast/kernel';
import { storeFailed } from '../rows/store-failed.ts';
import type { CallName, Input, Output, Reply, Request, Role } from './calls.ts';
import { fromErrorRecord } from './store-error.ts';

/** More questions than this at once are a fault of the asker. */
export const CALLS_MAX = 1_000;
const RESTART_MS = 1_000;

interface Pending {
  resolve(output: unknown): void;
  reject(error: unknown): void;
}

export interface WorkerLinkOptions {
  path: string;
  role: Role;
  spawn: () => Worker;
  clock: Clock;
  logger: Logger;
  /** Called whenever the store was opened, again after each restart. */
  onOpen?: (opened: Output<'open'>) => void;
}

export class WorkerLink {
  readonly #options: WorkerLinkOptions;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #nextId = 1;
  #startedAtMs = 0;
  #restart: Timer | undefined;
  #isOpen = false;
  #isClosing = false;

  constructor(options: WorkerLinkOptions) {
    this.#options = options;
  }

  /** Whether calls are taken. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Starts the worker and opens the store; throws its error, and then nothing is left running. */
  async open(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Buffers in `transfer` are the worker's from now on. Throws STORE_FAILED, or what the call throws. */
  async call<K extends CallName>(
    call: K,
    input: Input<K>,
    transfer: ArrayBuffer[] = [],
  ): Promise<Output<K>> {
    if (!this.#isOpen) throw storeFailed('The store is not open now', 'Try again in a second.');
    if (this.#pending.size >= CALLS_MAX)
      throw storeFailed(`${CALLS_MAX} calls wait for the store already`, 'Ask less at once.');
    return this.#send(call, input, transfer);
  }

  /** Lets calls under way finish, closes the store and ends the worker. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#restart?.cancel();
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    try {
      if (wasOpen) await this.#send('close', undefined, []);
    } finally {
      await this.#worker?.terminate();
      this.#worker = undefined;
    }
  }

  async #start(): Promise<void> {
    const { path, role, spawn, clock, onOpen } = this.#options;
    this.#startedAtMs = clock.nowMs();
    const worker = spawn();
    this.#worker = worker;
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error) => this.#onEnd(worker, error));
    worker.on('exit', () => this.#onEnd(worker, undefined));
    const opened = await this.#send('open', { path, role }, []);
    this.#isOpen = true;
    onOpen?.(opened);
  }

  #send<K extends CallName>(call: K, input: Input<K>, transfer: ArrayBuffer[]) {
    return new Promise<Output<K>>((resolve, reject) => {
      const request: Request = { id: this.#nextId++, call, input };
      this.#worker?.postMessage(request, transfer);
      this.#pending.set(request.id, { resolve: (output) => resolve(output as Output<K>), reject });
    });
  }

  #settle(reply: Reply): void {
    if ('moved' in reply) {
      const fields = { moved: reply.moved.moved, total: reply.moved.total };
      this.#options.logger.info('The result store is brought to a new version', fields);
      return;
    }
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ('error' in reply) pending?.reject(fromErrorRecord(reply.error));
    else pending?.resolve(reply.output);
  }

  #onEnd(worker: Worker, error: unknown): void {
    if (worker !== this.#worker) return;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    this.#isOpen = false;
    this.#worker = undefined;
    const ended = storeFailed('The worker of the store ended', 'Try again in a second.', error);
    for (const pending of waiting) pending.reject(ended);
    if (this.#isClosing) return;
    this.#options.logger.error('The worker of the result store ended', { error });
    this.#restartLater();
  }

  #restartLater(): void {
    const { clock, logger } = this.#options;
    if (this.#isClosing) return;
    this.#restart?.cancel();
    const delayMs = Math.max(0, this.#startedAtMs + RESTART_MS - clock.nowMs());
    this.#restart = clock.after(delayMs, () => {
      this.#start().then(
        () => logger.info('The result store is open again'),
        (error: unknown) => this.#onRestartFailed(error),
      );
    });
  }

  #onRestartFailed(error: unknown): void {
    if (this.#isClosing) return;
    this.#options.logger.error('The result store could not be opened again', { error });
    const worker = this.#worker;
    // When it died by itself the next start is planned already.
    if (worker === undefined) return;
    this.#worker = undefined;
    worker.terminate().then(
      () => this.#restartLater(),
      () => this.#restartLater(),
    );
  }
}
