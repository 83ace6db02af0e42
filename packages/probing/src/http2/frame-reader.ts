// Cuts what a server sends into frames, in pieces of any size: the outcome never depends on where the
// pieces were cut. It keeps one unfinished frame at most, tells a peer that speaks something else by
// its first bytes, and reads nothing after the first thing that is wrong.

import { ERROR, FLAG, FRAME, FRAME_BYTES_MAX, FRAME_HEAD_BYTES } from './frame.ts';
import type { Violation } from './violation.ts';

export interface FrameHead {
  type: number;
  flags: number;
  streamId: number;
}

export class FrameReader {
  /** Set from outside: nothing more is read. */
  stopped = false;
  readonly #take: (frame: FrameHead, payload: Buffer) => Violation | undefined;
  readonly #head = Buffer.alloc(FRAME_HEAD_BYTES);
  #headBytes = 0;
  #frame: FrameHead = { type: 0, flags: 0, streamId: 0 };
  /** Of the payload. */
  #length = 0;
  /** As much of the payload as came in other pieces. */
  #kept: Buffer | undefined;
  #keptBytes = 0;
  #begun = false;

  /** The payload is only valid during the call. */
  constructor(take: (frame: FrameHead, payload: Buffer) => Violation | undefined) {
    this.#take = take;
  }

  feed(bytes: Buffer): Violation | undefined {
    let at = 0;
    while (at < bytes.length && !this.stopped) {
      const inHead = this.#headBytes < FRAME_HEAD_BYTES;
      at += inHead ? this.#takeHead(bytes, at) : this.#takePayload(bytes, at);
      if (this.#headBytes < FRAME_HEAD_BYTES) continue;
      const violation = inHead ? this.#beginFrame() : undefined;
      const ended = violation ?? this.#endFrame(bytes, at);
      if (ended !== undefined) return ended;
    }
    return undefined;
  }

  #takeHead(bytes: Buffer, at: number): number {
    const count = bytes.copy(this.#head, this.#headBytes, at);
    this.#headBytes += count;
    return count;
  }

  #beginFrame(): Violation | undefined {
    const head = this.#head;
    this.#length = head.readUIntBE(0, 3);
    const streamId = head.readUInt32BE(5) & 0x7fff_ffff;
    this.#frame = { type: head.readUInt8(3), flags: head.readUInt8(4), streamId };
    this.#keptBytes = 0;
    if (!this.#begun && !this.#isPreface()) return otherProtocol(head);
    this.#begun = true;
    if (this.#length <= FRAME_BYTES_MAX) return undefined;
    const text = `a frame has ${this.#length} bytes, where ${FRAME_BYTES_MAX} are allowed`;
    return { code: ERROR.frameSize, text };
  }

  /** A server begins with its settings (RFC 9113 section 3.4). */
  #isPreface(): boolean {
    const { type, flags, streamId } = this.#frame;
    return type === FRAME.settings && (flags & FLAG.ack) === 0 && streamId === 0;
  }

  #takePayload(bytes: Buffer, at: number): number {
    const wanted = this.#length - this.#keptBytes;
    const count = Math.min(wanted, bytes.length - at);
    // Whole in one piece: there is no need to keep it.
    if (count < this.#length) {
      this.#kept ??= Buffer.allocUnsafeSlow(this.#length);
      bytes.copy(this.#kept, this.#keptBytes, at, at + count);
    }
    this.#keptBytes += count;
    return count;
  }

  #endFrame(bytes: Buffer, at: number): Violation | undefined {
    if (this.#keptBytes < this.#length) return undefined;
    const payload = this.#kept ?? bytes.subarray(at - this.#length, at);
    this.#kept = undefined;
    this.#headBytes = 0;
    return this.#take(this.#frame, payload);
  }
}

function otherProtocol(head: Buffer): Violation {
  const shown = head.toString('latin1').replace(/[^\x20-\x7e]/g, '?');
  const text = `it begins with "${shown}" instead of its settings`;
  return { code: ERROR.protocol, text, otherProtocol: true };
}
