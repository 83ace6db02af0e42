// What a server says, frame by frame: each is checked by itself, header blocks are put together and read,
// and what is left is told as events. Streams and windows are the session's. The first thing that is
// wrong ends it, and a peer that sends on and on without bringing anything is wrong, too.

import { FieldSection } from './field-section.ts';
import { ERROR, FLAG, FRAME } from './frame.ts';
import { type FrameHead, FrameReader } from './frame-reader.ts';
import { HeaderBlock } from './header-block.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import type { Violation } from './violation.ts';

/** Bytes are only valid during the calls. */
export interface IncomingListener {
  headers(streamId: number, section: FieldSection, endStream: boolean): Violation | undefined;
  /** `windowBytes`: what it takes of the windows, padding included. */
  data(
    streamId: number,
    bytes: Buffer,
    windowBytes: number,
    endStream: boolean,
  ): Violation | undefined;
  reset(streamId: number, code: number): Violation | undefined;
  settings(payload: Buffer): Violation | undefined;
  ping(payload: Buffer): void;
  goaway(lastStreamId: number, code: number, said: Buffer): void;
  windowUpdate(streamId: number, bytes: number): Violation | undefined;
}

/** In a row, without an answer or a part of one: an honest peer says a handful. */
const IDLE_FRAMES_MAX = 10_000;
const PRIORITY_BYTES = 5;
const PING_BYTES = 8;
const GOAWAY_BYTES_MIN = 8;
const UINT32_BYTES = 4;

export class Incoming {
  readonly #listener: IncomingListener;
  readonly #reader = new FrameReader((frame, payload) => this.#frame(frame, payload));
  readonly #decoder = new HpackDecoder();
  #block: HeaderBlock | undefined;
  #idleFrames = 0;

  constructor(listener: IncomingListener) {
    this.#listener = listener;
  }

  feed(bytes: Buffer): Violation | undefined {
    return this.#reader.feed(bytes);
  }

  /** Nothing more is read. */
  stop(): void {
    this.#reader.stopped = true;
  }

  /** What came last was of use to somebody. */
  useful(): void {
    this.#idleFrames = 0;
  }

  #frame(frame: FrameHead, payload: Buffer): Violation | undefined {
    this.#idleFrames += 1;
    if (this.#idleFrames > IDLE_FRAMES_MAX) {
      const text = `${IDLE_FRAMES_MAX} frames in a row that bring nothing`;
      return { code: ERROR.enhanceYourCalm, text, limit: true };
    }
    const { type, streamId } = frame;
    const expected = type === FRAME.continuation ? streamId : undefined;
    if (this.#block?.streamId !== expected) return wrong('a header block is interrupted');
    const ofStream = OF_STREAM[type];
    if (ofStream !== undefined && ofStream !== streamId > 0) {
      return wrong(`a frame of type ${type} is on stream ${streamId}`);
    }
    return this.#dispatch(frame, payload);
  }

  #dispatch(frame: FrameHead, payload: Buffer): Violation | undefined {
    const { type, flags, streamId } = frame;
    if (type === FRAME.data) return this.#data(frame, payload);
    if (type === FRAME.headers) return this.#headers(frame, payload);
    if (type === FRAME.continuation) return this.#addToBlock(payload, flags);
    if (type === FRAME.settings) return this.#settings(flags, payload);
    if (type === FRAME.ping) return this.#ping(flags, payload);
    if (type === FRAME.goaway) return this.#goaway(payload);
    if (type === FRAME.pushPromise) return wrong('it pushes, though it was told not to');
    if (type !== FRAME.reset && type !== FRAME.windowUpdate) return undefined;
    if (payload.length !== UINT32_BYTES) return wrongSize(type, payload);
    const value = payload.readUInt32BE();
    if (type === FRAME.reset) return this.#listener.reset(streamId, value);
    return this.#listener.windowUpdate(streamId, value & 0x7fff_ffff);
  }

  #data(frame: FrameHead, payload: Buffer): Violation | undefined {
    const bytes = unpadded(frame, payload, 0);
    if (bytes === undefined) return wrong('a frame has more padding than bytes');
    const endStream = (frame.flags & FLAG.endStream) !== 0;
    return this.#listener.data(frame.streamId, bytes, payload.length, endStream);
  }

  #headers(frame: FrameHead, payload: Buffer): Violation | undefined {
    const { streamId, flags } = frame;
    const piece = unpadded(frame, payload, flags & FLAG.priority ? PRIORITY_BYTES : 0);
    if (piece === undefined) return wrong('a frame has more padding than bytes');
    this.#block = new HeaderBlock(streamId, (flags & FLAG.endStream) !== 0);
    return this.#addToBlock(piece, flags);
  }

  #addToBlock(piece: Buffer, flags: number): Violation | undefined {
    const block = this.#block;
    const violation = block?.add(piece);
    if (block === undefined || violation !== undefined) return violation;
    if ((flags & FLAG.endHeaders) === 0) return undefined;
    this.#block = undefined;
    const section = new FieldSection();
    const problem = this.#decoder.decode(block.whole(), (name, value) => section.add(name, value));
    if (problem !== undefined) return { code: ERROR.compression, text: problem };
    return this.#listener.headers(block.streamId, section, block.endStream);
  }

  #settings(flags: number, payload: Buffer): Violation | undefined {
    if ((flags & FLAG.ack) === 0) return this.#listener.settings(payload);
    return payload.length === 0 ? undefined : wrongSize(FRAME.settings, payload);
  }

  #ping(flags: number, payload: Buffer): Violation | undefined {
    if (payload.length !== PING_BYTES) return wrongSize(FRAME.ping, payload);
    if ((flags & FLAG.ack) === 0) this.#listener.ping(payload);
    return undefined;
  }

  #goaway(payload: Buffer): Violation | undefined {
    if (payload.length < GOAWAY_BYTES_MIN) return wrongSize(FRAME.goaway, payload);
    const lastStreamId = payload.readUInt32BE() & 0x7fff_ffff;
    const code = payload.readUInt32BE(UINT32_BYTES);
    this.#listener.goaway(lastStreamId, code, payload.subarray(GOAWAY_BYTES_MIN));
    return undefined;
  }
}

/** By type: whether a frame belongs to a stream or to the connection; others may be either. */
const OF_STREAM: readonly (boolean | undefined)[] = [
  true,
  true,
  true,
  true,
  false,
  true,
  false,
  false,
  undefined,
  true,
];

/** Without what `skipped` bytes in front say; undefined: it is shorter than its padding. */
function unpadded({ flags }: FrameHead, payload: Buffer, skipped: number): Buffer | undefined {
  const isPadded = (flags & FLAG.padded) !== 0;
  const from = (isPadded ? 1 : 0) + skipped;
  const to = payload.length - (isPadded ? (payload[0] ?? 0) : 0);
  return from > to ? undefined : payload.subarray(from, to);
}

function wrong(text: string): Violation {
  return { code: ERROR.protocol, text };
}

function wrongSize(type: number, payload: Buffer): Violation {
  return { code: ERROR.frameSize, text: `a frame of type ${type} has ${payload.length} bytes` };
}
