// The streams of one session with all that they share: numbers, windows, what the peer allows. What comes
// for a stream that was left is read and dropped; for one that never was, it ends the connection.

import type { Fault } from '@holdfast/kernel';
import type { FieldSection } from './field-section.ts';
import { ERROR, FLAG, FRAME, frame, headerFrames, UINT31_MAX, windowUpdateFrame } from './frame.ts';
import { EMPTY_TABLE } from './hpack-encoder.ts';
import { goawayFault, resetFault } from './http2-fault.ts';
import { type Http2Listener, Http2Stream, type StreamPort, WINDOW_BYTES } from './http2-stream.ts';
import type { IncomingListener } from './incoming.ts';
import type { Outbox } from './outbox.ts';
import { PeerSettings } from './peer-settings.ts';
import { ReceiveWindow } from './receive-window.ts';
import type { Violation } from './violation.ts';

export interface StreamsOwner {
  /** What came was of use. */
  useful(): void;
  /** The peer takes no further request; `failed`: and ends those that are on their way. */
  sentAway(reason: Fault, failed: boolean): void;
}

const WINDOW_BYTES_DEFAULT = 65_535;
/** Who asks and asks and does not read gets no further answers. */
const UNSENT_BYTES_MAX = 64 * 1024;
const NO_BYTES = Buffer.alloc(0);

export class Streams implements IncomingListener, StreamPort {
  readonly outbox: Outbox;
  sendWindowBytes = WINDOW_BYTES_DEFAULT;
  readonly #owner: StreamsOwner;
  readonly #settings = new PeerSettings();
  readonly #streams = new Map<number, Http2Stream>();
  readonly #window = new ReceiveWindow(WINDOW_BYTES);
  #nextId = 1;
  #tableTold = false;

  constructor(outbox: Outbox, owner: StreamsOwner) {
    this.outbox = outbox;
    this.#owner = owner;
    // The window of a connection is opened by hand (RFC 9113 section 6.9.2).
    outbox.add(windowUpdateFrame(0, WINDOW_BYTES - WINDOW_BYTES_DEFAULT));
  }

  /** What the peer allows at once. */
  get streamsMax(): number {
    return this.#settings.streamsMax;
  }

  get frameBytesMax(): number {
    return this.#settings.frameBytesMax;
  }

  /** Numbers of streams are never used again. */
  get usedUp(): boolean {
    return this.#nextId > UINT31_MAX;
  }

  /** A request whose body, if it has one, is sent on the stream. */
  open(block: Buffer, listener: Http2Listener, hasBody: boolean): Http2Stream {
    const id = this.#nextId;
    this.#nextId += 2;
    const { frameBytesMax, initialWindowBytes } = this.#settings;
    const stream = new Http2Stream(id, listener, this, initialWindowBytes, !hasBody);
    this.#streams.set(id, stream);
    const frames = headerFrames(id, this.#announced(block), !hasBody, frameBytesMax);
    for (const [at, bytes] of frames.entries()) {
      const isLast = at === frames.length - 1 && !hasBody;
      this.outbox.add(bytes, isLast ? () => stream.told() : undefined);
    }
    return stream;
  }

  left(stream: Http2Stream): void {
    this.#streams.delete(stream.id);
  }

  failAll(reasonFor: (stream: Http2Stream) => Fault): void {
    for (const stream of [...this.#streams.values()]) stream.fail(reasonFor(stream));
  }

  headers(id: number, section: FieldSection, endStream: boolean): Violation | undefined {
    const stream = this.#streams.get(id);
    if (stream === undefined) return this.#unknown(id);
    if (section.status >= 200) this.#owner.useful();
    stream.headers(section, endStream);
    return undefined;
  }

  data(id: number, bytes: Buffer, windowBytes: number, endStream: boolean): Violation | undefined {
    if (!this.#window.take(windowBytes)) return overrun('connection');
    const more = this.#window.refill();
    if (more > 0) this.outbox.add(windowUpdateFrame(0, more));
    const stream = this.#streams.get(id);
    if (stream === undefined) return this.#unknown(id);
    if (bytes.length > 0) this.#owner.useful();
    return stream.data(bytes, windowBytes, endStream) ? undefined : overrun('stream');
  }

  reset(id: number, code: number): Violation | undefined {
    const stream = this.#streams.get(id);
    if (stream === undefined) return this.#unknown(id);
    stream.fail(resetFault(code));
    return undefined;
  }

  settings(payload: Buffer): Violation | undefined {
    const before = this.#settings.initialWindowBytes;
    const violation = this.#settings.read(payload);
    if (violation !== undefined) return violation;
    const change = this.#settings.initialWindowBytes - before;
    for (const stream of this.#streams.values()) {
      stream.sendWindowBytes += change;
      if (stream.sendWindowBytes > UINT31_MAX) return tooWide();
    }
    this.#reply(frame(FRAME.settings, FLAG.ack, 0, NO_BYTES));
    if (change > 0) this.#pumpAll();
    return undefined;
  }

  ping(payload: Buffer): void {
    this.#reply(frame(FRAME.ping, FLAG.ack, 0, payload));
  }

  goaway(lastStreamId: number, code: number, said: Buffer): void {
    const reason = goawayFault(code, said);
    // Without an error, requests that the server has taken go on.
    this.#owner.sentAway(reason, code !== ERROR.none);
    for (const stream of [...this.#streams.values()]) {
      if (stream.id > lastStreamId) stream.fail(reason);
    }
  }

  windowUpdate(id: number, bytes: number): Violation | undefined {
    if (bytes === 0) return { code: ERROR.protocol, text: 'it opens a window by 0 bytes' };
    const to = id === 0 ? this : this.#streams.get(id);
    if (to === undefined) return this.#unknown(id);
    to.sendWindowBytes += bytes;
    if (to.sendWindowBytes > UINT31_MAX) return tooWide();
    if (to === this) this.#pumpAll();
    else this.#streams.get(id)?.pump();
    return undefined;
  }

  #pumpAll(): void {
    for (const stream of this.#streams.values()) stream.pump();
  }

  #reply(bytes: Buffer): void {
    if (this.outbox.unsentBytes <= UNSENT_BYTES_MAX) this.outbox.add(bytes);
  }

  #announced(block: Buffer): Buffer {
    if (this.#tableTold || !this.#settings.smallTable) return block;
    this.#tableTold = true;
    return Buffer.concat([EMPTY_TABLE, block]);
  }

  /** Streams are ours to open: the odd numbers, one after the other. */
  #unknown(id: number): Violation | undefined {
    if (id % 2 === 1 && id < this.#nextId) return undefined;
    return { code: ERROR.protocol, text: `it speaks on stream ${id}, which was never opened` };
  }
}

function overrun(what: string): Violation {
  return { code: ERROR.flowControl, text: `it sends more than the window of the ${what}` };
}

function tooWide(): Violation {
  return { code: ERROR.flowControl, text: 'it opens a window beyond 2^31 - 1 bytes' };
}
