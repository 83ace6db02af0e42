// One request and its answer on one stream of an HTTP/2 session, timed in the same three phases as over
// HTTP/1.1 and held to the same limits. It ends once: at the answer's end, at a reset, at the end of the
// session or at the abort. What it leaves unread is cancelled at the peer; others' streams go on.

import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2';
import { type Clock, type Fault, fault, type Timer } from '@holdfast/kernel';
import { abortFault } from '../abort.ts';
import type { SystemError } from '../dial/connect-fault.ts';
import { http2Fault, resetFault } from '../grpc/http2-fault.ts';
import type { PhaseLog } from '../phase-log.ts';
import type { ProbeContext } from '../prober.ts';
import type { HttpRequest } from './http-request.ts';
import { http2Headers } from './http2-headers.ts';
import type { Http2Session } from './http2-session.ts';
import { HeaderFields } from './response-head.ts';
import type { ResponseSink } from './response-parser.ts';

/** As much as of a head in HTTP/1.1. */
const HEAD_BYTES_MAX = 64 * 1024;
const HEADERS_MAX = 200;

export class Http2Exchange {
  /** Whether anything of an answer came. */
  answered = false;
  readonly #session: Http2Session;
  readonly #sink: ResponseSink;
  readonly #bodyBytesMax: number;
  readonly #log: PhaseLog;
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  #stream: ClientHttp2Stream | undefined;
  #patience: Timer | undefined;
  #method = '';
  /** -1: not said. */
  #bytesPromised = -1;
  #bytesCame = 0;
  #resolve: ((fault: Fault | undefined) => void) | undefined;

  constructor(
    session: Http2Session,
    sink: ResponseSink,
    bodyBytesMax: number,
    log: PhaseLog,
    { signal, clock }: Pick<ProbeContext, 'signal' | 'clock'>,
  ) {
    this.#session = session;
    this.#sink = sink;
    this.#bodyBytesMax = bodyBytesMax;
    this.#log = log;
    this.#signal = signal;
    this.#clock = clock;
  }

  /** Whether the session can serve others. */
  get reusable(): boolean {
    return this.#session.fault === undefined;
  }

  /** undefined = the answer is whole. To be called once. */
  run(request: HttpRequest): Promise<Fault | undefined> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      if (this.#signal.aborted) return this.handleEvent();
      this.#signal.addEventListener('abort', this);
      this.#log.begin('write');
      const { body, held, method } = request;
      this.#method = method;
      const begun = this.#session.begin(this, http2Headers(request), body === undefined);
      if (!begun.ok) return this.fail(begun.fault);
      this.#stream = begun.value;
      this.#listen(begun.value);
      if (body === undefined) this.#log.begin('wait');
      else if (held === undefined) begun.value.end(body);
      else this.#hold(begun.value, held);
    });
  }

  /** Aborted. */
  handleEvent(): void {
    this.#end(abortFault(this.#signal, this.#log.running));
  }

  /** The session is over. */
  fail(reason: Fault): void {
    const phase = this.#log.running;
    this.#end(phase === undefined ? reason : { ...reason, phase });
  }

  #listen(stream: ClientHttp2Stream): void {
    stream.on('finish', () => {
      if (this.#log.running === 'write') this.#log.begin('wait');
    });
    stream.on('response', (headers) => this.#head(headers));
    stream.on('data', (bytes: Buffer) => this.#body(bytes));
    stream.on('end', () => this.#answerEnded(stream));
    stream.on('error', (error: SystemError) => this.#broken(error, stream.rstCode ?? 0));
    stream.on('close', () => this.#closed(stream.rstCode ?? 0));
  }

  #hold(stream: ClientHttp2Stream, { bytes, patienceMs }: NonNullable<HttpRequest['held']>): void {
    this.#log.begin('wait');
    const release = () => {
      this.#patience?.cancel();
      if (this.#resolve === undefined || stream.writableEnded || stream.destroyed) return;
      this.#log.begin('write');
      stream.end(bytes);
    };
    this.#patience = this.#clock.after(patienceMs, release);
    stream.on('continue', release);
  }

  #head(headers: IncomingHttpHeaders): void {
    if (this.#resolve === undefined) return;
    this.answered = true;
    this.#patience?.cancel();
    this.#log.begin('transfer');
    const fields = fieldsOf(headers);
    if (isTooLarge(fields)) {
      this.fail(tooLargeHead());
      return;
    }
    const status = Number(headers[':status']);
    this.#bytesPromised = this.#promise(fields, status);
    const wanted = this.#sink.head({ status, httpVersion: '2', headers: fields });
    if (!wanted) this.#end(undefined);
    else if (this.#bytesPromised > this.#bodyBytesMax) this.#end(this.#tooLarge());
  }

  #promise(fields: HeaderFields, status: number): number {
    if (this.#method === 'HEAD' || status === 304) return -1;
    return Number(fields.get('content-length') ?? -1);
  }

  #body(bytes: Buffer): void {
    if (this.#resolve === undefined) return;
    this.#bytesCame += bytes.length;
    if (this.#bytesCame > this.#bodyBytesMax) this.#end(this.#tooLarge());
    else this.#sink.body(bytes);
  }

  #answerEnded(stream: ClientHttp2Stream): void {
    const missing = this.#bytesPromised >= 0 && this.#bytesCame < this.#bytesPromised;
    const code = stream.rstCode ?? 0;
    const cut = missing || !this.answered || stream.aborted || code !== 0;
    if (cut) this.#closed(code);
    else this.#end(undefined);
  }

  #broken(error: SystemError, code: number): void {
    const alone = this.#session.fault === undefined;
    if (alone && error.code === 'ERR_HTTP2_STREAM_ERROR') this.#closed(code);
    else this.fail(this.#session.fault ?? http2Fault(error, this.#log.running ?? 'wait', code));
  }

  #closed(code: number): void {
    if (this.#resolve !== undefined) this.fail(this.#session.fault ?? this.#resetFault(code));
  }

  /** One code may be our side's word for what the peer did; Node does not tell the sides apart. */
  #resetFault(code: number): Fault {
    return code === constants.NGHTTP2_PROTOCOL_ERROR ? brokenAnswer() : resetFault(code);
  }

  #tooLarge(): Fault {
    const message = `The body is larger than the ${this.#bodyBytesMax} bytes that the check allows.`;
    return fault('PROTOCOL_LIMIT_EXCEEDED', message, 'transfer');
  }

  #end(outcome: Fault | undefined): void {
    const resolve = this.#resolve;
    if (resolve === undefined) return;
    this.#resolve = undefined;
    this.#log.end();
    this.#patience?.cancel();
    this.#signal.removeEventListener('abort', this);
    this.#session.leave(this);
    const stream = this.#stream;
    // After the last word of both there is nothing to cancel.
    if (stream !== undefined && !stream.closed) {
      const whole = outcome === undefined && stream.readableEnded && stream.writableFinished;
      stream.close(whole ? constants.NGHTTP2_NO_ERROR : constants.NGHTTP2_CANCEL);
    }
    resolve(outcome);
  }
}

function brokenAnswer(): Fault {
  const message =
    'The stream ended with PROTOCOL_ERROR (1): the answer breaks the rules of HTTP/2, or the server says so of the request.';
  return fault('PROTOCOL_INVALID_ANSWER', message);
}

function tooLargeHead(): Fault {
  const message = `The head of the answer is larger than ${HEAD_BYTES_MAX} bytes or ${HEADERS_MAX} fields.`;
  return fault('PROTOCOL_LIMIT_EXCEEDED', message);
}

function isTooLarge({ names, values }: HeaderFields): boolean {
  const texts = [...names, ...values];
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  return names.length > HEADERS_MAX || bytes > HEAD_BYTES_MAX;
}

function fieldsOf(headers: IncomingHttpHeaders): HeaderFields {
  const fields = new HeaderFields();
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(':') || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) fields.add(name, one);
  }
  return fields;
}
