// gRPC's length-prefixed messages (gRPC over HTTP/2, "Length-Prefixed-Message"): one byte that says
// whether it is compressed, four of length, and the message. A length beyond the bound is refused before
// anything of it is kept, and compression, for which nobody asked, is refused as well.

import { GrpcFailure, STATUS } from './grpc-failure.ts';

const HEAD_BYTES = 5;

export function framed(message: Uint8Array): Buffer {
  const whole = Buffer.allocUnsafe(HEAD_BYTES + message.length);
  whole[0] = 0;
  whole.writeUInt32BE(message.length, 1);
  whole.set(message, HEAD_BYTES);
  return whole;
}

/** Joins what arrives in pieces. Messages may share memory with the pieces. */
export class FrameJoiner {
  readonly #bytesMax: number;
  #pieces: Buffer[] = [];
  #length = 0;
  /** Head and message of the one that is arriving, once its length is known. */
  #wanted = HEAD_BYTES;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** All messages that the piece completes. Throws a GrpcFailure for what is no message of ours. */
  push(piece: Buffer): Buffer[] {
    const whole = this.#wholeIn(piece);
    if (whole !== undefined) return [whole];
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length < this.#wanted) return [];
    return this.#cut();
  }

  /** The usual case: one piece is exactly one message, and nothing is copied. */
  #wholeIn(piece: Buffer): Buffer | undefined {
    if (this.#length > 0 || piece.length < HEAD_BYTES) return undefined;
    return this.#checkedLength(piece, 0) === piece.length - HEAD_BYTES
      ? piece.subarray(HEAD_BYTES)
      : undefined;
  }

  #cut(): Buffer[] {
    const joined = this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces);
    const messages: Buffer[] = [];
    let at = 0;
    this.#wanted = HEAD_BYTES;
    while (joined !== undefined && joined.length - at >= HEAD_BYTES) {
      const end = at + HEAD_BYTES + this.#checkedLength(joined, at);
      if (end > joined.length) {
        this.#wanted = end - at;
        break;
      }
      messages.push(joined.subarray(at + HEAD_BYTES, end));
      at = end;
    }
    const rest = joined?.subarray(at) ?? Buffer.alloc(0);
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
    return messages;
  }

  #checkedLength(bytes: Buffer, at: number): number {
    if (bytes[at] !== 0)
      throw new GrpcFailure(STATUS.internal, 'The answer is compressed, for which nobody asked.');
    const length = bytes.readUInt32BE(at + 1);
    if (length > this.#bytesMax)
      throw new GrpcFailure(
        STATUS.resourceExhausted,
        `The answer has a message of ${length} bytes, more than the ${this.#bytesMax} that are taken.`,
      );
    return length;
  }
}
