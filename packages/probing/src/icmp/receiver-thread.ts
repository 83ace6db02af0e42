// The main thread's side of the receiver: starts it, hands its news on, wakes it when its orders
// change, and ends it. Once it runs, the thread does not keep the process alive; it is woken at
// the process's exit, which else would wait for it.

import { Worker } from 'node:worker_threads';
import type { CLibrary } from './c-library.ts';
import type { EchoNews } from './echo-news.ts';
import type { EchoSocket } from './echo-socket.ts';
import { NewsRing, type Receipt } from './news-ring.ts';
import { ReceiverOrders } from './receiver-orders.ts';
import type { ReceiverMemory } from './receiver-worker.ts';

export interface ReceiverListener {
  heard: (news: EchoNews, receipt: Receipt) => void;
  /** It ended though nobody had asked it to. */
  died: (reason: string) => void;
}

const EFD_CLOEXEC_NONBLOCK = 0o2004000;
const ONE = new BigUint64Array([1n]);
/** The receiver keeps nothing: this holds its code and some rounds of garbage. */
const MEMORY = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 24 };

export class ReceiverThread {
  /** Settles once it runs, or has died. */
  readonly ready: Promise<void>;
  readonly #library: CLibrary;
  readonly #ring = new NewsRing();
  readonly #orders: ReceiverOrders;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #stop = () => {
    this.#orders.stop();
    this.#wake();
  };

  constructor(library: CLibrary, identifier: number, listener: ReceiverListener) {
    this.#library = library;
    this.#orders = ReceiverOrders.make(library.call.eventfd(0, EFD_CLOEXEC_NONBLOCK), identifier);
    const workerData: ReceiverMemory = { news: this.#ring.memory, orders: this.#orders.memory };
    const options = {
      workerData,
      resourceLimits: MEMORY,
      name: 'icmp-receiver',
      // Each thread warns for itself of what is experimental in Node.
      execArgv: ['--disable-warning=ExperimentalWarning'],
    };
    this.#worker = new Worker(new URL('./receiver-worker.ts', import.meta.url), options);
    this.#worker.on('message', () => this.#ring.drain(listener.heard));
    this.ready = this.#started();
    this.#ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    this.#watch(listener);
    process.once('exit', this.#stop);
  }

  /** News that found no room, because this thread was held up. */
  get dropped(): number {
    return this.#ring.dropped;
  }

  receiveFrom(socket: EchoSocket): void {
    this.#orders.setSocket(socket.version, socket);
    this.#wake();
  }

  async close(): Promise<void> {
    // Else nothing may hold the process until the thread has ended.
    this.#worker.ref();
    this.#stop();
    process.removeListener('exit', this.#stop);
    await this.#ended;
    this.#library.call.close(this.#orders.wakeDescriptor);
  }

  /** Holds the process until then: a probe may be waiting for it, and nothing else. */
  #started(): Promise<void> {
    return new Promise((resolve) => {
      this.#worker.once('message', () => {
        this.#worker.unref();
        resolve();
      });
      this.#worker.once('exit', () => resolve());
    });
  }

  #watch({ died }: ReceiverListener): void {
    let reason = 'the ICMP receiver ended';
    this.#worker.on('error', (error: unknown) => {
      reason = `the ICMP receiver failed: ${error instanceof Error ? error.message : String(error)}`;
    });
    this.#worker.once('exit', () => {
      if (!this.#orders.stopped) died(reason);
    });
  }

  #wake(): void {
    this.#library.call.write(this.#orders.wakeDescriptor, ONE, 8n);
  }
}
