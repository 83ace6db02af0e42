// One ICMP socket: a ping socket where the system lets this process have one, because it needs no
// privilege and is given its own packets only; else a raw socket. Opened by the main thread, which
// sends; read by the receiver. It never blocks: what cannot be sent now is an error.

import { getSystemErrorName } from 'node:util';
import type { SystemError } from '../dial/connect-fault.ts';
import type { CLibrary } from './c-library.ts';
import type { EchoAddress } from './echo-address.ts';
import { ICMP_TYPES } from './echo-news.ts';

export type Opened = { ok: true; socket: EchoSocket } | { ok: false; error: SystemError };

const FAMILY = { 4: 2, 6: 10 } as const;
const PROTOCOL = { 4: 1, 6: 58 } as const;
const SOCK_DGRAM = 2;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;

const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const SO_TIMESTAMPNS = 35;
/** Level and option: how far packets go, that theirs is told, that errors are queued. */
const TTL = { 4: [0, 2], 6: [41, 16] } as const;
const RECEIVE_TTL = { 4: [0, 12], 6: [41, 51] } as const;
const QUEUE_ERRORS = { 4: [0, 11], 6: [41, 25] } as const;
/** Which types a raw socket is not given: ICMP_FILTER and ICMPV6_FILTER. */
const FILTER = { 4: [255, 1], 6: [58, 1] } as const;
const FILTER_WORDS = { 4: 1, 6: 8 } as const;
/** Thousands of replies while the receiver is held up; without privilege the system's limit holds. */
const RECEIVE_BUFFER_BYTES = 4_194_304;

export class EchoSocket {
  readonly descriptor: number;
  readonly version: 4 | 6;
  readonly raw: boolean;
  readonly #library: CLibrary;
  #ttl = -1;

  private constructor(library: CLibrary, version: 4 | 6, descriptor: number, raw: boolean) {
    this.#library = library;
    this.version = version;
    this.descriptor = descriptor;
    this.raw = raw;
    const isLarge = this.#set([SOL_SOCKET, SO_RCVBUFFORCE], RECEIVE_BUFFER_BYTES);
    if (!isLarge) this.#set([SOL_SOCKET, SO_RCVBUF], RECEIVE_BUFFER_BYTES);
    this.#set([SOL_SOCKET, SO_TIMESTAMPNS], 1);
    this.#set(RECEIVE_TTL[version], 1);
    if (raw) this.#set(FILTER[version], ...filterOf(version));
    else this.#set(QUEUE_ERRORS[version], 1);
  }

  /** The error is that of the raw socket, the last that was tried. */
  static open(library: CLibrary, version: 4 | 6): Opened {
    for (const type of [SOCK_DGRAM, SOCK_RAW]) {
      const descriptor = library.call.socket(
        FAMILY[version],
        type | SOCK_CLOEXEC,
        PROTOCOL[version],
      );
      if (descriptor < 0) continue;
      return { ok: true, socket: new EchoSocket(library, version, descriptor, type === SOCK_RAW) };
    }
    return { ok: false, error: systemError(library.errno()) };
  }

  /** undefined = sent. */
  send(packet: Buffer, bytes: number, to: EchoAddress, ttl: number): SystemError | undefined {
    if (ttl !== this.#ttl) {
      if (!this.#set(TTL[this.version], ttl)) return systemError(this.#library.errno());
      this.#ttl = ttl;
    }
    // A ping socket reports an error that an earlier packet met, anyone's, by failing once.
    return this.#sendOnce(packet, bytes, to) && this.#sendOnce(packet, bytes, to);
  }

  close(): void {
    this.#library.call.close(this.descriptor);
  }

  #sendOnce(packet: Buffer, bytes: number, to: EchoAddress): SystemError | undefined {
    const { sendto } = this.#library.call;
    const { socketAddress } = to;
    const length = BigInt(bytes);
    const { descriptor } = this;
    const sent = sendto(
      descriptor,
      packet,
      length,
      MSG_DONTWAIT,
      socketAddress,
      socketAddress.length,
    );
    return sent < 0n ? systemError(this.#library.errno()) : undefined;
  }

  #set([level, option]: readonly [number, number], ...words: number[]): boolean {
    const value = new Uint32Array(words);
    return (
      this.#library.call.setsockopt(this.descriptor, level, option, value, words.length * 4) === 0
    );
  }
}

/** A set bit keeps a type out. */
function filterOf(version: 4 | 6): number[] {
  const { reply, errors } = ICMP_TYPES[version];
  const words = new Uint32Array(FILTER_WORDS[version]).fill(0xffffffff);
  for (const type of [reply, ...errors]) {
    words[type >> 5] = (words[type >> 5] ?? 0) & ~(1 << (type & 31));
  }
  return [...words];
}

function systemError(errno: number): SystemError {
  const code = getSystemErrorName(-errno);
  return { code, message: code };
}
