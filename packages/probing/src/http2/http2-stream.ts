// One request and its answer within a session: what is sent keeps to the windows of the peer, what comes
// is checked against the order that an answer has (RFC 9113 section 8.1). Its listener hears of one
// end, `ended` or `failed`, and of nothing after it; a stream that is left early is reset at the peer.

import { type Fault, fault, type PhaseName } from '@holdfast/kernel';
import type { HeaderFields } from '../http/response-head.ts';
import { type FieldSection, HEAD_BYTES_MAX, HEADERS_MAX } from './field-section.ts';
import { ERROR, FLAG, FRAME, frame, resetFrame, windowUpdateFrame } from './frame.ts';
import type { Outbox } from './outbox.ts';
import { ReceiveWindow } from './receive-window.ts';

export interface Http2Listener {
  /** What goes on, for faults of the connection that tell it. */
  readonly phase: PhaseName | undefined;
  /** All of the request is with the kernel; may come after the first of the answer. */
  sent(): void;
  /** An answer before the answer, such as 100. */
  interim(status: number): void;
  head(status: number, fields: HeaderFields): void;
  /** The bytes are only valid during the call. */
  data(bytes: Buffer): void;
  trailers(fields: HeaderFields): void;
  ended(): void;
  /** `answered`: it is what came that is wrong. */
  failed(reason: Fault, answered: boolean): void;
}

/** What a stream has of its connection. */
export interface StreamPort {
  readonly outbox: Outbox;
  readonly frameBytesMax: number;
  /** What may still be sent on the connection as a whole. */
  sendWindowBytes: number;
  /** Both sides have said their last, or one of them does not care any more. */
  left(stream: Http2Stream): void;
}

/** The default of 64 KiB would measure the window instead of the peer. */
export const WINDOW_BYTES = 1024 * 1024;
const SWITCHING_PROTOCOLS = 101;
/** Those below come before the answer itself. */
const FINAL_STATUS_MIN = 200;
const NO_BYTES = Buffer.alloc(0);

export class Http2Stream {
  readonly id: number;
  /** What may still be sent on it; below 0 after the peer has taken some back. */
  sendWindowBytes: number;
  readonly #port: StreamPort;
  readonly #window = new ReceiveWindow(WINDOW_BYTES);
  #listener: Http2Listener | undefined;
  /** What waits for the windows. */
  #queue: Buffer[] = [];
  #queueEnds = false;
  #saidAll: boolean;
  #answered = false;

  /** Its head is on its way; `saidAll`: and there is no body. */
  constructor(
    id: number,
    listener: Http2Listener,
    port: StreamPort,
    sendWindowBytes: number,
    saidAll: boolean,
  ) {
    this.id = id;
    this.#listener = listener;
    this.#port = port;
    this.sendWindowBytes = sendWindowBytes;
    this.#saidAll = saidAll;
  }

  get phase(): PhaseName | undefined {
    return this.#listener?.phase;
  }

  /** Ignored after the last. */
  send(bytes: Buffer, last: boolean): void {
    if (this.#listener === undefined || this.#queueEnds || this.#saidAll) return;
    if (bytes.length > 0) this.#queue.push(bytes);
    this.#queueEnds = last;
    this.pump();
    this.#port.outbox.flush();
  }

  /** The listener has heard enough. May be called again. */
  cancel(): void {
    this.#leave();
    this.#port.outbox.flush();
  }

  /** Sends as much of what waits as the windows let it. */
  pump(): void {
    const port = this.#port;
    for (;;) {
      const next = this.#queue[0] ?? NO_BYTES;
      const isLast = this.#queueEnds && this.#queue.length <= 1;
      const room = Math.min(this.sendWindowBytes, port.sendWindowBytes, port.frameBytesMax);
      const count = Math.max(0, Math.min(next.length, room));
      const ends = isLast && count === next.length && !this.#saidAll;
      if (count === 0 && !ends) return;
      this.sendWindowBytes -= count;
      port.sendWindowBytes -= count;
      if (count === next.length) this.#queue.shift();
      else this.#queue[0] = next.subarray(count);
      const bytes = frame(FRAME.data, ends ? FLAG.endStream : 0, this.id, next.subarray(0, count));
      port.outbox.add(bytes, ends ? () => this.told() : undefined);
      this.#saidAll ||= ends;
    }
  }

  /** The last byte of the request is with the kernel. */
  told(): void {
    this.#listener?.sent();
  }

  headers(section: FieldSection, endStream: boolean): void {
    const { status, fields } = section;
    const reason = this.#reasonAgainst(section, endStream);
    if (reason !== undefined) this.#refuse(reason);
    else if (this.#answered) this.#listener?.trailers(fields);
    else if (status < FINAL_STATUS_MIN) this.#listener?.interim(status);
    else {
      this.#answered = true;
      this.#listener?.head(status, fields);
    }
    if (endStream) this.#end();
  }

  /** false: it is more than was allowed. */
  data(bytes: Buffer, windowBytes: number, endStream: boolean): boolean {
    if (!this.#window.take(windowBytes)) return false;
    if (!this.#answered) this.#refuse(malformed('its body comes before its head'));
    else if (bytes.length > 0) this.#listener?.data(bytes);
    if (this.#listener === undefined) return true;
    if (endStream) this.#end();
    else {
      const more = this.#window.refill();
      if (more > 0) this.#port.outbox.add(windowUpdateFrame(this.id, more));
    }
    return true;
  }

  /** The peer or the connection has ended it. */
  fail(reason: Fault): void {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#port.left(this);
    listener?.failed(reason, false);
  }

  #reasonAgainst({ status, tooLarge, problem }: FieldSection, endStream: boolean) {
    if (tooLarge) return tooLargeHead();
    if (problem !== undefined) return malformed(problem);
    if (this.#answered) {
      return endStream && status === 0 ? undefined : malformed('it has a second head');
    }
    if (status === 0) return malformed('it has no status');
    const ends = endStream || status === SWITCHING_PROTOCOLS;
    if (status >= FINAL_STATUS_MIN || !ends) return undefined;
    return malformed(`it is over with status ${status}`);
  }

  /** What came breaks the rules of an answer, or is too much. */
  #refuse(reason: Fault): void {
    const listener = this.#listener;
    this.#leave();
    listener?.failed(reason, true);
  }

  #leave(): void {
    if (this.#listener === undefined) return;
    this.#listener = undefined;
    this.#port.outbox.add(resetFrame(this.id, ERROR.cancel));
    this.#port.left(this);
  }

  /** A request that is not all said yet is not wanted any more. */
  #end(): void {
    const listener = this.#listener;
    if (listener === undefined) return;
    if (this.#saidAll) this.#port.left(this);
    else this.#leave();
    this.#listener = undefined;
    listener.ended();
  }
}

function malformed(problem: string): Fault {
  return fault('PROTOCOL_INVALID_ANSWER', `The answer breaks the rules of HTTP/2: ${problem}.`);
}

function tooLargeHead(): Fault {
  const message = `The head of the answer is larger than ${HEAD_BYTES_MAX} bytes or ${HEADERS_MAX} fields.`;
  return fault('PROTOCOL_LIMIT_EXCEEDED', message);
}
