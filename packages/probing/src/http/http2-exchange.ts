// One request and its answer on one stream of an HTTP/2 session, timed in the same three phases as over
// HTTP/1.1 and held to the same limits. It ends once: at the answer's end, at a reset, at the end of the
// session or at the abort. What it leaves unread is cancelled at the peer; others' streams go on.

import { type Clock, type Fault, fault, type PhaseName, type Timer } from '@holdfast/kernel';
import { abortFault } from '../abort.ts';
import { encodeFields } from '../http2/hpack-encoder.ts';
import type { Http2Session } from '../http2/http2-session.ts';
import type { Http2Listener, Http2Stream } from '../http2/http2-stream.ts';
import type { PhaseLog } from '../phase-log.ts';
import type { ProbeContext } from '../prober.ts';
import { bodyFraming } from './body-framing.ts';
import type { HttpRequest } from './http-request.ts';
import { http2Headers } from './http2-headers.ts';
import type { HeaderFields, ResponseHead } from './response-head.ts';
import type { ResponseSink } from './response-parser.ts';

const CONTINUE = 100;
const NO_BYTES = Buffer.alloc(0);
/** Requests without placeholders are the same at each run, and so are their heads. */
const blocks = new WeakMap<HttpRequest, Buffer>();

export class Http2Exchange implements Http2Listener {
  /** Whether anything of an answer came. */
  answered = false;
  readonly #session: Http2Session;
  readonly #sink: ResponseSink;
  readonly #bodyBytesMax: number;
  readonly #log: PhaseLog;
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  #stream: Http2Stream | undefined;
  /** The body, while the peer has not asked for it. */
  #held: Buffer | undefined;
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

  get phase(): PhaseName | undefined {
    return this.#log.running;
  }

  /** undefined = the answer is whole. To be called once. */
  run(request: HttpRequest): Promise<Fault | undefined> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      if (this.#signal.aborted) return this.handleEvent();
      this.#signal.addEventListener('abort', this);
      this.#log.begin('write');
      this.#method = request.method;
      const { body, held } = request;
      const begun = this.#session.request(blockOf(request), this, body !== undefined);
      if (!begun.ok) return this.failed(begun.fault, false);
      this.#stream = begun.value;
      if (body === undefined) return;
      if (held === undefined) begun.value.send(Buffer.from(body), true);
      else this.#hold(begun.value, held);
    });
  }

  /** Aborted. */
  handleEvent(): void {
    this.#end(abortFault(this.#signal, this.#log.running));
  }

  sent(): void {
    if (this.#log.running === 'write') this.#log.begin('wait');
  }

  interim(status: number): void {
    if (status === CONTINUE) this.#release();
  }

  head(status: number, headers: HeaderFields): void {
    this.answered = true;
    this.#patience?.cancel();
    this.#log.begin('transfer');
    const head: ResponseHead = { status, httpVersion: '2', headers };
    const framing = bodyFraming(this.#method, head);
    if (framing.kind === 'length') this.#bytesPromised = framing.bytes;
    else if (framing.kind === 'none') this.#bytesPromised = 0;
    if (framing.kind === 'invalid') this.#end(invalidAnswer(`${framing.problem}.`));
    else if (!this.#sink.head(head)) this.#end(undefined);
    else if (this.#bytesPromised > this.#bodyBytesMax) this.#end(this.#tooLarge());
  }

  data(bytes: Buffer): void {
    this.#bytesCame += bytes.length;
    if (this.#bytesCame > this.#bodyBytesMax) this.#end(this.#tooLarge());
    else this.#sink.body(bytes);
  }

  /** What they say is nothing that a check can ask for. */
  trailers(): void {}

  ended(): void {
    const [promised, came] = [this.#bytesPromised, this.#bytesCame];
    const asSaid = promised < 0 || promised === came;
    const text = `The body should have ${promised} bytes by its head, but has ${came}.`;
    this.#end(asSaid ? undefined : invalidAnswer(text));
  }

  failed(reason: Fault, answered: boolean): void {
    this.answered ||= answered;
    const phase = this.#log.running;
    this.#end(phase === undefined ? reason : { ...reason, phase });
  }

  #hold(stream: Http2Stream, { bytes, patienceMs }: NonNullable<HttpRequest['held']>): void {
    stream.send(NO_BYTES, false);
    this.#log.begin('wait');
    this.#held = bytes;
    this.#patience = this.#clock.after(patienceMs, () => this.#release());
  }

  /** Peers that do not know of the question never answer it: then the body goes out all the same. */
  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    this.#patience?.cancel();
    if (held === undefined || this.#resolve === undefined) return;
    this.#log.begin('write');
    this.#stream?.send(held, true);
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
    // After the last word of both there is nothing to cancel, and it does nothing.
    this.#stream?.cancel();
    resolve(outcome);
  }
}

function blockOf(request: HttpRequest): Buffer {
  const known = blocks.get(request);
  if (known !== undefined) return known;
  const made = encodeFields(http2Headers(request));
  blocks.set(request, made);
  return made;
}

function invalidAnswer(text: string): Fault {
  return fault('PROTOCOL_INVALID_ANSWER', text, 'transfer');
}
