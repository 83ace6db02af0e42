// One call with one answer on an HTTP/2 stream. It settles exactly once: with the message, the status of
// the trailers, the end of its time, or what broke the stream; an answer without a message is none.

import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import type { Clock, Timer } from '@holdfast/kernel';
import type { UnaryCall } from './grpc-connection.ts';
import { GrpcFailure, STATUS, unavailable } from './grpc-failure.ts';
import { FrameJoiner, framed } from './grpc-framing.ts';
import { failureOf } from './grpc-status.ts';

/** A page of a listing is the largest; values may have a mebibyte. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

interface UnaryEnds {
  heard(): void;
  /** Whether the peer surely did nothing with it. */
  refused(stream: ClientHttp2Stream): boolean;
  settled(answer: Buffer | undefined, failure: unknown): void;
}

export class GrpcUnary {
  readonly #clock: Clock;
  readonly #call: UnaryCall;
  readonly #ends: UnaryEnds;
  readonly #joiner = new FrameJoiner(ANSWER_BYTES_MAX);
  #stream: ClientHttp2Stream | undefined;
  #timer: Timer | undefined;
  #answer: Buffer | undefined;
  #status: GrpcFailure | 'ok' | undefined;
  #settled = false;

  constructor(clock: Clock, call: UnaryCall, ends: UnaryEnds) {
    this.#clock = clock;
    this.#call = call;
    this.#ends = ends;
  }

  run(stream: ClientHttp2Stream, url: string): void {
    const { request, timeoutMs, signal } = this.#call;
    this.#stream = stream;
    stream.on('response', (headers) => this.#head(headers));
    stream.on('data', (piece: Buffer) => this.#take(piece));
    stream.on('trailers', (trailers) => this.#tail(trailers));
    stream.on('error', (error) => this.#broke(error));
    stream.on('close', () => this.#closed(url));
    this.#timer = this.#clock.after(timeoutMs, () => {
      const what = `${url} gave no answer within ${Math.round(timeoutMs)} ms.`;
      this.#settle(undefined, new GrpcFailure(STATUS.deadlineExceeded, what));
    });
    signal?.addEventListener('abort', this.#abort, { once: true });
    stream.end(framed(request));
  }

  /** For the connection, when it ends. */
  fail(failure: GrpcFailure): void {
    const stream = this.#stream;
    const sent = stream === undefined || !this.#ends.refused(stream);
    this.#settle(undefined, sent ? failure : unavailable(failure.message, false, failure));
  }

  readonly #abort = () => this.#settle(undefined, this.#call.signal?.reason);

  #head(headers: IncomingHttpHeaders): void {
    this.#ends.heard();
    this.#status = failureOf(headers, 'head');
  }

  #tail(trailers: IncomingHttpHeaders): void {
    this.#status = failureOf(trailers, 'tail');
  }

  #take(piece: Buffer): void {
    this.#ends.heard();
    try {
      for (const message of this.#joiner.push(piece)) this.#answer = message;
    } catch (failure) {
      this.#settle(undefined, failure);
    }
  }

  #broke(error: Error): void {
    const stream = this.#stream;
    const sent = stream === undefined || !this.#ends.refused(stream);
    this.#settle(undefined, unavailable(`The call was broken off: ${error.message}.`, sent, error));
  }

  #closed(url: string): void {
    const stream = this.#stream;
    if (this.#status === 'ok' && this.#answer !== undefined) this.#settle(this.#answer, undefined);
    else if (this.#status instanceof GrpcFailure) this.#settle(undefined, this.#status);
    else {
      const sent = stream === undefined || !this.#ends.refused(stream);
      this.#settle(undefined, unavailable(`${url} ended the call without an answer.`, sent));
    }
  }

  #settle(answer: Buffer | undefined, failure: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#timer?.cancel();
    this.#call.signal?.removeEventListener('abort', this.#abort);
    if (answer === undefined) this.#stream?.close(CANCEL);
    this.#ends.settled(answer, failure);
  }
}

/** RFC 9113 section 7. */
const CANCEL = 8;
