// A header block in the making: one frame, or several of which nothing may come between (RFC 9113
// section 4.3). It holds no more than is ever read, however many pieces a peer cuts it into.

import { ERROR } from './frame.ts';
import type { Violation } from './violation.ts';

/** Twice what a head may hold: then it is read, to know what it named, though not kept. */
const BLOCK_BYTES_MAX = 128 * 1024;

export class HeaderBlock {
  readonly streamId: number;
  readonly endStream: boolean;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(streamId: number, endStream: boolean) {
    this.streamId = streamId;
    this.endStream = endStream;
  }

  add(piece: Buffer): Violation | undefined {
    this.#bytes += piece.length;
    if (this.#bytes > BLOCK_BYTES_MAX) {
      const text = `a header block is larger than ${BLOCK_BYTES_MAX} bytes`;
      return { code: ERROR.enhanceYourCalm, text, limit: true };
    }
    // The buffer of the socket is read into again.
    if (piece.length > 0) this.#pieces.push(Buffer.from(piece));
    return undefined;
  }

  whole(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}
