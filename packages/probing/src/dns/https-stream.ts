// One POST of a few bytes on an HTTP/2 session of its own: a session for one question needs none of
// what a kept one does. It ends once, at the answer's end, at a reset, at the end of the connection or
// at the abort, and destroys session and socket then.

import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import { type Fault, fault } from '@holdfast/kernel';
import { abortFault } from '../abort.ts';
import type { SystemError } from '../dial/connect-fault.ts';
import { closedFault, http2Fault, resetFault } from '../grpc/http2-fault.ts';
import { HeaderFields } from '../http/response-head.ts';
import type { ResponseSink } from '../http/response-parser.ts';
import type { ExchangeParts } from './udp-exchange.ts';

/** An answer has a handful of short ones. */
const HEAD_BYTES_MAX = 16 * 1024;
const HEADERS_MAX = 100;
const SETTINGS_MAX = 32;
/** For Node, which wants one; what the server sees is the authority among the headers. */
const PLACEHOLDER_URL = 'http://localhost';

export interface BoundedSink extends ResponseSink {
  readonly bytesMax: number;
}

export class HttpsStream {
  readonly #session: ClientHttp2Session;
  readonly #socket: Socket;
  readonly #answer: BoundedSink;
  readonly #parts: ExchangeParts;
  #bytesCame = 0;
  #resolve: ((fault: Fault | undefined) => void) | undefined;

  /** To be made in the turn of the loop in which the socket was secured. */
  constructor(socket: Socket, answer: BoundedSink, parts: ExchangeParts) {
    this.#socket = socket;
    this.#answer = answer;
    this.#parts = parts;
    this.#session = connect(PLACEHOLDER_URL, {
      createConnection: () => socket,
      maxHeaderListPairs: HEADERS_MAX,
      maxSettings: SETTINGS_MAX,
      settings: { enablePush: false, maxHeaderListSize: HEAD_BYTES_MAX },
    });
  }

  /** undefined = the answer is whole, or its head is enough. To be called once. */
  run(headers: Record<string, string>, body: Buffer): Promise<Fault | undefined> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      const { signal, log } = this.#parts;
      if (signal.aborted) return this.handleEvent();
      signal.addEventListener('abort', this);
      const broken = (error: SystemError) => this.#end(http2Fault(error, log.running ?? 'wait'));
      this.#session.on('error', broken);
      this.#socket.on('error', broken);
      this.#socket.on('end', () => this.#closed());
      this.#socket.on('close', () => this.#closed());
      log.begin('write');
      this.#ask(headers, body);
    });
  }

  /** Aborted. */
  handleEvent(): void {
    this.#end(abortFault(this.#parts.signal, this.#parts.log.running ?? 'wait'));
  }

  #ask(headers: Record<string, string>, body: Buffer): void {
    const stream = this.#session.request(headers, { endStream: false });
    stream.on('finish', () => {
      if (this.#parts.log.running === 'write') this.#parts.log.begin('wait');
    });
    stream.on('response', (fields) => this.#head(fields));
    stream.on('data', (bytes: Buffer) => this.#body(bytes));
    stream.on('end', () => {
      if (stream.rstCode === 0 || stream.rstCode === undefined) this.#end(undefined);
    });
    stream.on('error', () => this.#reset(stream.rstCode));
    stream.on('close', () => this.#reset(stream.rstCode));
    stream.end(body);
  }

  #head(fields: IncomingHttpHeaders): void {
    if (this.#resolve === undefined) return;
    this.#parts.log.begin('transfer');
    const headers = new HeaderFields();
    headers.add('content-type', fields['content-type'] ?? '');
    const wanted = this.#answer.head({
      status: Number(fields[':status']),
      httpVersion: '2',
      headers,
    });
    if (!wanted) this.#end(undefined);
  }

  #body(bytes: Buffer): void {
    if (this.#resolve === undefined) return;
    this.#bytesCame += bytes.length;
    const { bytesMax } = this.#answer;
    const message = `The content is larger than the ${bytesMax} bytes of a message.`;
    if (this.#bytesCame <= bytesMax) this.#answer.body(bytes);
    else this.#end(fault('PROTOCOL_LIMIT_EXCEEDED', message, 'transfer'));
  }

  #reset(code = 0): void {
    const { running } = this.#parts.log;
    this.#end({ ...resetFault(code), phase: running ?? 'wait' });
  }

  /** What came before the end may still be on its way through the stream: it has the next turn. */
  #closed(): void {
    const { clock, log } = this.#parts;
    clock.after(0, () => this.#end({ ...closedFault(), phase: log.running ?? 'wait' }));
  }

  #end(outcome: Fault | undefined): void {
    const resolve = this.#resolve;
    if (resolve === undefined) return;
    this.#resolve = undefined;
    this.#parts.log.end();
    this.#parts.signal.removeEventListener('abort', this);
    this.#session.destroy();
    this.#socket.destroy();
    resolve(outcome);
  }
}
