// Cuts the body of a gRPC answer into its messages: a byte that says whether it is compressed, four
// that say how long it is, the message. Where the network splits the bytes changes nothing. A length
// over the limit is refused before a byte of that message is kept, and memory grows only with what
// really came. Never throws.

export interface GrpcMessage {
  /** The reader's own copy. */
  bytes: Buffer;
  compressed: boolean;
}

export interface ReaderProblem {
  code: 'PROTOCOL_INVALID_ANSWER' | 'PROTOCOL_LIMIT_EXCEEDED';
  /** A whole sentence. */
  message: string;
}

const PREFIX_BYTES = 5;
/** Grown from here, so that a large announced length costs nothing until its bytes come. */
const FIRST_BUFFER_BYTES = 16 * 1024;
const NOTHING = Buffer.alloc(0);

/** One message as it goes over the wire, not compressed. */
export function frameMessage(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed.writeUInt8(0, 0);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}

export class MessageReader {
  /** Why reading stopped; nothing is read any more. */
  problem: ReaderProblem | undefined;
  readonly #bytesMax: number;
  readonly #deliver: (message: GrpcMessage) => boolean;
  readonly #prefix = Buffer.alloc(PREFIX_BYTES);
  #prefixFilled = 0;
  #body = NOTHING;
  #bodyFilled = 0;
  #bodyLength = 0;
  #stopped = false;

  /** `bytesMax` holds for each message as it came. `deliver` answers whether more are wanted. */
  constructor(bytesMax: number, deliver: (message: GrpcMessage) => boolean) {
    this.#bytesMax = bytesMax;
    this.#deliver = deliver;
  }

  /** Whether a message has begun and is not whole. */
  get withinMessage(): boolean {
    return !this.#stopped && this.#prefixFilled > 0;
  }

  feed(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.#stopped) {
      const rest = bytes.subarray(at);
      at += this.#prefixFilled < PREFIX_BYTES ? this.#takePrefix(rest) : this.#takeBody(rest);
    }
  }

  #takePrefix(bytes: Uint8Array): number {
    const taken = Math.min(PREFIX_BYTES - this.#prefixFilled, bytes.length);
    this.#prefix.set(bytes.subarray(0, taken), this.#prefixFilled);
    this.#prefixFilled += taken;
    if (this.#prefixFilled === PREFIX_BYTES) this.#beginBody();
    return taken;
  }

  #beginBody(): void {
    const flag = this.#prefix.readUInt8(0);
    this.#bodyLength = this.#prefix.readUInt32BE(1);
    if (flag > 1) {
      const message = `A message begins with the flag ${flag}; only 0 and 1 are gRPC.`;
      this.#refuse({ code: 'PROTOCOL_INVALID_ANSWER', message });
    } else if (this.#bodyLength > this.#bytesMax) {
      const message = `A message has ${this.#bodyLength} bytes, the check allows ${this.#bytesMax}.`;
      this.#refuse({ code: 'PROTOCOL_LIMIT_EXCEEDED', message });
    } else if (this.#bodyLength === 0) this.#finishMessage();
  }

  #takeBody(bytes: Uint8Array): number {
    const taken = Math.min(this.#bodyLength - this.#bodyFilled, bytes.length);
    this.#makeRoom(this.#bodyFilled + taken);
    this.#body.set(bytes.subarray(0, taken), this.#bodyFilled);
    this.#bodyFilled += taken;
    if (this.#bodyFilled === this.#bodyLength) this.#finishMessage();
    return taken;
  }

  #makeRoom(needed: number): void {
    if (needed <= this.#body.length) return;
    const doubled = Math.max(needed, this.#body.length * 2, FIRST_BUFFER_BYTES);
    const larger = Buffer.allocUnsafe(Math.min(doubled, this.#bodyLength));
    larger.set(this.#body.subarray(0, this.#bodyFilled));
    this.#body = larger;
  }

  #finishMessage(): void {
    const message = { bytes: this.#body, compressed: this.#prefix.readUInt8(0) === 1 };
    this.#prefixFilled = 0;
    this.#body = NOTHING;
    this.#bodyFilled = 0;
    this.#stopped = !this.#deliver(message);
  }

  #refuse(problem: ReaderProblem): void {
    this.problem = problem;
    this.#stopped = true;
  }
}
