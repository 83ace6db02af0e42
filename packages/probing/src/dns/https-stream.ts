// One POST of a few bytes on an HTTP/2 session of its own. It ends once, at the answer's end, at a reset,
// at the end of the connection or at the abort, and closes the session then.

import { type Fault, fault, type PhaseName } from '@holdfast/kernel';
import { abortFault } from '../abort.ts';
import type { ByteStream } from '../byte-stream.ts';
import type { HeaderFields } from '../http/response-head.ts';
import type { ResponseSink } from '../http/response-parser.ts';
import { encodeFields } from '../http2/hpack-encoder.ts';
import { Http2Session } from '../http2/http2-session.ts';
import type { Http2Listener } from '../http2/http2-stream.ts';
import type { ExchangeParts } from './udp-exchange.ts';

export interface BoundedSink extends ResponseSink {
  readonly bytesMax: number;
}

export class HttpsStream implements Http2Listener {
  readonly #session: Http2Session;
  readonly #answer: BoundedSink;
  readonly #parts: ExchangeParts;
  #bytesCame = 0;
  #resolve: ((fault: Fault | undefined) => void) | undefined;

  /** To be made in the turn of the loop in which the connection was secured. */
  constructor(connection: ByteStream, answer: BoundedSink, parts: ExchangeParts) {
    this.#session = new Http2Session(connection, parts.clock);
    this.#answer = answer;
    this.#parts = parts;
  }

  get phase(): PhaseName | undefined {
    return this.#parts.log.running;
  }

  /** undefined = the answer is whole, or its head is enough. To be called once. */
  run(headers: Record<string, string>, body: Buffer): Promise<Fault | undefined> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      const { signal, log } = this.#parts;
      if (signal.aborted) return this.handleEvent();
      signal.addEventListener('abort', this);
      log.begin('write');
      const begun = this.#session.request(encodeFields(headers), this, true);
      if (begun.ok) begun.value.send(body, true);
      else this.failed(begun.fault);
    });
  }

  /** Aborted. */
  handleEvent(): void {
    this.#end(abortFault(this.#parts.signal, this.phase ?? 'wait'));
  }

  sent(): void {
    if (this.phase === 'write') this.#parts.log.begin('wait');
  }

  interim(): void {}

  head(status: number, headers: HeaderFields): void {
    this.#parts.log.begin('transfer');
    if (!this.#answer.head({ status, httpVersion: '2', headers })) this.#end(undefined);
  }

  data(bytes: Buffer): void {
    this.#bytesCame += bytes.length;
    const { bytesMax } = this.#answer;
    const message = `The content is larger than the ${bytesMax} bytes of a message.`;
    if (this.#bytesCame <= bytesMax) this.#answer.body(bytes);
    else this.#end(fault('PROTOCOL_LIMIT_EXCEEDED', message, 'transfer'));
  }

  trailers(): void {}

  ended(): void {
    this.#end(undefined);
  }

  failed(reason: Fault): void {
    this.#end({ ...reason, phase: this.phase ?? 'wait' });
  }

  #end(outcome: Fault | undefined): void {
    const resolve = this.#resolve;
    if (resolve === undefined) return;
    this.#resolve = undefined;
    this.#parts.log.end();
    this.#parts.signal.removeEventListener('abort', this);
    this.#session.close();
    resolve(outcome);
  }
}
