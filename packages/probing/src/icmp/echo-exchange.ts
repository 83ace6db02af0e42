// All ICMP of this process: two sockets at most, one receiver thread, one table of waiting echoes,
// shared by every probe. Packets are sent by the main thread at once; the receiver is started with
// the first socket and sleeps in the kernel between packets, so what waits costs nothing. Whoever
// makes an exchange closes it; should the process end first, the receiver is told to end.

import type { Chance } from '@holdfast/kernel';
import type { SystemError } from '../dial/connect-fault.ts';
import type { CLibrary } from './c-library.ts';
import type { EchoAddress } from './echo-address.ts';
import { ICMP_HEADER_BYTES, PAYLOAD_BYTES_MAX, writeEchoRequest } from './echo-request.ts';
import { EchoSocket, type Opened } from './echo-socket.ts';
import { ReceiverThread } from './receiver-thread.ts';
import { type EchoListener, type WaitingEcho, WaitingEchoes } from './waiting-echoes.ts';

export interface EchoWish {
  listener: EchoListener;
  to: EchoAddress;
  /** The listener's own count. */
  number: number;
  ttl: number;
  payloadBytes: number;
  /** The probe's clock at the sending. */
  nowMs: number;
}

/** `sent` = the listener will hear of it, unless it is forgotten; else what hindered it. */
export type Sending = { sent: WaitingEcho } | { sent: undefined; error: SystemError };

const CLOCK_REALTIME = 0;
const IDENTIFIERS = 65_536;

export class EchoExchange {
  readonly #library: CLibrary;
  readonly #identifier: number;
  readonly #waiting: WaitingEchoes;
  /** Those under way, bounded by what the runner lets run. */
  readonly #listeners = new Set<EchoListener>();
  readonly #sockets = new Map<4 | 6, EchoSocket>();
  readonly #packet = Buffer.alloc(ICMP_HEADER_BYTES + PAYLOAD_BYTES_MAX);
  /** struct timespec. */
  readonly #time = new Uint32Array(new ArrayBuffer(16));
  #thread: ReceiverThread | undefined;

  constructor(library: CLibrary, chance: Chance) {
    this.#library = library;
    this.#identifier = chance.integer(IDENTIFIERS);
    this.#waiting = new WaitingEchoes(chance);
  }

  /** News that were lost on our side: an echo that waits then may have been answered. */
  get dropped(): number {
    return this.#thread?.dropped ?? 0;
  }

  /** From now until it leaves, the listener is told when ICMP breaks or is closed. */
  join(listener: EchoListener): void {
    this.#listeners.add(listener);
  }

  leave(listener: EchoListener): void {
    this.#listeners.delete(listener);
  }

  /** Settles once the receiver runs, so that its start is no part of a probe. */
  async ready(): Promise<void> {
    for (const version of [4, 6] as const) this.open(version);
    await this.#thread?.ready;
  }

  /** The socket of this version. Tried anew each time, so that a permission given later counts. */
  open(version: 4 | 6): Opened {
    const known = this.#sockets.get(version);
    if (known !== undefined) return { ok: true, socket: known };
    const opened = EchoSocket.open(this.#library, version);
    if (!opened.ok) return opened;
    this.#thread ??= this.#startThread();
    this.#sockets.set(version, opened.socket);
    this.#thread.receiveFrom(opened.socket);
    return opened;
  }

  send(socket: EchoSocket, { listener, to, number, ttl, payloadBytes, nowMs }: EchoWish): Sending {
    const echo = this.#waiting.add(listener, to, number);
    if (echo === undefined) return { sent: undefined, error: TABLE_FULL };
    this.#library.call.clock_gettime(CLOCK_REALTIME, this.#time);
    echo.sentSeconds = this.#time[0] ?? 0;
    echo.sentNanoseconds = this.#time[2] ?? 0;
    echo.sentMs = nowMs;
    const request = { ...echo, version: to.version, identifier: this.#identifier, payloadBytes };
    const bytes = writeEchoRequest(this.#packet, request);
    const error = socket.send(this.#packet, bytes, to, ttl);
    if (error === undefined) return { sent: echo };
    this.forget(echo);
    return { sent: undefined, error };
  }

  /** Nothing more is to be heard of it. */
  forget(echo: WaitingEcho): void {
    this.#waiting.remove(echo);
  }

  /** Ends the receiver and closes the sockets; listeners are told. A later probe opens anew. */
  async close(): Promise<void> {
    const thread = this.#thread;
    const sockets = [...this.#sockets.values()];
    this.#thread = undefined;
    this.#sockets.clear();
    this.#breakAll('ICMP was closed');
    await thread?.close();
    // Only now: a descriptor that is read must not be closed, its number could be another's next.
    for (const socket of sockets) socket.close();
  }

  #startThread(): ReceiverThread {
    return new ReceiverThread(this.#library, this.#identifier, {
      heard: (news, receipt) => {
        const echo = this.#waiting.take(news);
        echo?.listener.heard(echo, news, receipt);
      },
      died: (reason) => {
        this.#breakAll(reason);
        this.close().catch(() => {});
      },
    });
  }

  #breakAll(reason: string): void {
    for (const listener of [...this.#listeners]) listener.broken(reason);
  }
}

const TABLE_FULL: SystemError = {
  code: 'ENOBUFS',
  message: 'more echo requests are waiting than there are sequence numbers',
};
