// Messages over TCP stand behind their length in two bytes (RFC 1035 section 4.2.2). Pieces may come
// cut anywhere; at most one message and the piece at hand are kept.

const LENGTH_BYTES = 2;

/** The message with its length in front. */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt16BE(message.length, 0);
  return Buffer.concat([length, message]);
}

export class FrameCollector {
  #pieces: Buffer[] = [];
  #size = 0;

  /** Whether a message has begun that has not come to its end. */
  get inMessage(): boolean {
    return this.#size > 0;
  }

  /** The messages that this piece brings to their end. The piece may be reused afterwards. */
  feed(piece: Buffer): Buffer[] {
    this.#pieces.push(Buffer.from(piece));
    this.#size += piece.length;
    if (!this.#isWhole()) return [];
    let rest = Buffer.concat(this.#pieces);
    const messages: Buffer[] = [];
    for (let end = wholeLength(rest); end !== undefined; end = wholeLength(rest)) {
      messages.push(rest.subarray(LENGTH_BYTES, end));
      rest = rest.subarray(end);
    }
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
    return messages;
  }

  /** The length may itself be cut, but then the first pieces are a byte each. */
  #isWhole(): boolean {
    const [first, second] = this.#pieces;
    if (first === undefined || this.#size < LENGTH_BYTES) return false;
    const low = first.length > 1 ? first[1] : second?.[0];
    return this.#size >= LENGTH_BYTES + (((first[0] ?? 0) << 8) | (low ?? 0));
  }
}

function wholeLength(bytes: Buffer): number | undefined {
  if (bytes.length < LENGTH_BYTES) return undefined;
  const length = LENGTH_BYTES + bytes.readUInt16BE(0);
  return bytes.length < length ? undefined : length;
}
