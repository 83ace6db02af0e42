// What the main thread tells the receiver, in shared memory, because a thread asleep in the kernel
// hears no messages: which sockets to receive from, and when to end. A change is only seen once the
// receiver has been woken.

export interface ReceiverSocket {
  /** -1 while there is none. */
  descriptor: number;
  /** A raw socket, not a ping socket. */
  raw: boolean;
}

const STOPPED = 0;
const WAKE_DESCRIPTOR = 1;
const IDENTIFIER = 2;
const DESCRIPTOR = { 4: 3, 6: 4 } as const;
const RAW = { 4: 5, 6: 6 } as const;
const WORDS = 7;

export class ReceiverOrders {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  /** `identifier` is the one in what our raw sockets send. */
  static make(wakeDescriptor: number, identifier: number): ReceiverOrders {
    const orders = new ReceiverOrders(new SharedArrayBuffer(WORDS * 4));
    orders.#words[WAKE_DESCRIPTOR] = wakeDescriptor;
    orders.#words[IDENTIFIER] = identifier;
    orders.#words[DESCRIPTOR[4]] = -1;
    orders.#words[DESCRIPTOR[6]] = -1;
    return orders;
  }

  /** An eventfd: readable when orders have changed. */
  get wakeDescriptor(): number {
    return this.#words[WAKE_DESCRIPTOR] ?? -1;
  }

  get identifier(): number {
    return this.#words[IDENTIFIER] ?? 0;
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, STOPPED) === 1;
  }

  stop(): void {
    Atomics.store(this.#words, STOPPED, 1);
  }

  socket(version: 4 | 6): ReceiverSocket {
    const descriptor = Atomics.load(this.#words, DESCRIPTOR[version]);
    return { descriptor, raw: Atomics.load(this.#words, RAW[version]) === 1 };
  }

  setSocket(version: 4 | 6, { descriptor, raw }: ReceiverSocket): void {
    Atomics.store(this.#words, RAW[version], raw ? 1 : 0);
    Atomics.store(this.#words, DESCRIPTOR[version], descriptor);
  }
}
