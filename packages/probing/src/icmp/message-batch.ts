// Room for many received messages at once, laid out as recvmmsg wants it (struct mmsghdr on 64-bit
// Linux): one system call brings up to 32 packets with their senders and control messages. All room
// is made once and used again, so what `read` hands out is valid until the next `receive`.

import type { CLibrary } from './c-library.ts';

export interface BatchMessage {
  bytes: Buffer;
  control: Buffer;
  /** The other side as the kernel names it, struct sockaddr. */
  name: Buffer;
  /** Longer than our room for one. */
  cut: boolean;
}

const MESSAGES = 32;
const HEADER_BYTES = 64;
const VECTOR_BYTES = 16;
const NAME_BYTES = 32;
const CONTROL_BYTES = 256;
/** Headers, token, and usual payloads; the rest of a longer one says nothing. */
const PACKET_BYTES = 2048;
const NAME_LENGTH_AT = 8;
const CONTROL_LENGTH_AT = 40;
const FLAGS_AT = 48;
const LENGTH_AT = 56;
const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;
export const MSG_ERRQUEUE = 0x2000;

export class MessageBatch {
  readonly #library: CLibrary;
  readonly #headers = room(HEADER_BYTES);
  readonly #vectors = room(VECTOR_BYTES);
  readonly #names = room(NAME_BYTES);
  readonly #controls = room(CONTROL_BYTES);
  readonly #packets = room(PACKET_BYTES);
  /** Which is full: there may be more to receive. */
  readonly capacity = MESSAGES;

  constructor(library: CLibrary) {
    this.#library = library;
    for (let at = 0; at < MESSAGES; at += 1) this.#layOut(at);
  }

  /** Does not wait. Answers how many messages came; negative when there is none, or an error. */
  receive(descriptor: number, flags: number): number {
    const { recvmmsg } = this.#library.call;
    return recvmmsg(descriptor, this.#headers, MESSAGES, MSG_DONTWAIT | flags, 0n);
  }

  /** A message of the last `receive`; its place is made ready for the next. Read each one once. */
  read(at: number): BatchMessage {
    const header = at * HEADER_BYTES;
    const headers = this.#headers;
    const length = Math.min(headers.readUInt32LE(header + LENGTH_AT), PACKET_BYTES);
    const controlLength = Math.min(headers.readUInt32LE(header + CONTROL_LENGTH_AT), CONTROL_BYTES);
    const cut = (headers.readInt32LE(header + FLAGS_AT) & MSG_TRUNC) !== 0;
    this.#reset(header);
    return {
      bytes: part(this.#packets, at * PACKET_BYTES, length),
      control: part(this.#controls, at * CONTROL_BYTES, controlLength),
      name: part(this.#names, at * NAME_BYTES, NAME_BYTES),
      cut,
    };
  }

  #layOut(at: number): void {
    const header = at * HEADER_BYTES;
    const addressOf = (view: Buffer, bytes: number) =>
      this.#library.addressOf(view) + BigInt(at * bytes);
    this.#vectors.writeBigUInt64LE(addressOf(this.#packets, PACKET_BYTES), at * VECTOR_BYTES);
    this.#vectors.writeBigUInt64LE(BigInt(PACKET_BYTES), at * VECTOR_BYTES + 8);
    this.#headers.writeBigUInt64LE(addressOf(this.#names, NAME_BYTES), header);
    this.#headers.writeBigUInt64LE(addressOf(this.#vectors, VECTOR_BYTES), header + 16);
    this.#headers.writeBigUInt64LE(1n, header + 24);
    this.#headers.writeBigUInt64LE(addressOf(this.#controls, CONTROL_BYTES), header + 32);
    this.#reset(header);
  }

  /** The kernel overwrites the room's sizes with what it used. */
  #reset(header: number): void {
    this.#headers.writeUInt32LE(NAME_BYTES, header + NAME_LENGTH_AT);
    this.#headers.writeUInt32LE(CONTROL_BYTES, header + CONTROL_LENGTH_AT);
    this.#headers.writeInt32LE(0, header + FLAGS_AT);
  }
}

/** An ArrayBuffer of its own, whose bytes never move. */
function room(bytesEach: number): Buffer {
  return Buffer.from(new ArrayBuffer(MESSAGES * bytesEach));
}

function part(whole: Buffer, from: number, length: number): Buffer {
  return whole.subarray(from, from + length);
}
