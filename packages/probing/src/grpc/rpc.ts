// One gRPC call on one HTTP/2 stream, whatever is called: messages out, messages in, the status at
// the end. It ends once, by the status, by a breach of the protocol, by enough messages, or when its
// connection fails; it never throws, and a call that is ended early is cancelled at the server.

import { type Fault, fault, type PhaseName } from '@holdfast/kernel';
import type { HeaderFields } from '../http/response-head.ts';
import type { Http2Listener, Http2Stream } from '../http2/http2-stream.ts';
import {
  cutMessageFault,
  encodingFault,
  headProblem,
  invalidStatusFault,
  missingStatusFault,
} from './answer-fault.ts';
import { type GrpcStatus, statusOf } from './grpc-status.ts';
import { frameMessage, type GrpcMessage, MessageReader } from './message-reader.ts';

export interface RpcListener {
  /** All of the request is with the kernel; may come after the first of the answer. */
  sent?(): void;
  /** The answer has begun. */
  answering?(): void;
  /** Answers whether more are wanted; if not, the call is cancelled. */
  message(message: GrpcMessage): boolean;
}

/** What happened, as far as it did. */
export interface RpcEnd {
  fault?: Fault;
  httpStatus?: number;
  status?: GrpcStatus;
  messages: number;
  /** Of the messages as they came, without their frames. */
  messageBytes: number;
}

/** What a call needs to know of the run it belongs to. */
export interface RpcRun {
  readonly phase: PhaseName | undefined;
}

export class Rpc implements Http2Listener {
  /** Never rejects. */
  readonly over: Promise<RpcEnd>;
  readonly #run: RpcRun;
  readonly #listener: RpcListener;
  readonly #reader: MessageReader;
  readonly #end: RpcEnd = { messages: 0, messageBytes: 0 };
  #stream: Http2Stream | undefined;
  #encoding = 'identity';
  #resolve: ((end: RpcEnd) => void) | undefined;

  constructor(run: RpcRun, listener: RpcListener, messageBytesMax: number) {
    this.#run = run;
    this.#listener = listener;
    this.#reader = new MessageReader(messageBytesMax, (message) => this.#message(message));
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get phase(): PhaseName | undefined {
    return this.#run.phase;
  }

  /** The stream that the call was given. */
  begin(stream: Http2Stream): void {
    this.#stream = stream;
  }

  send(message: Uint8Array): void {
    this.#stream?.send(frameMessage(message), false);
  }

  sendLast(message: Uint8Array): void {
    this.#stream?.send(frameMessage(message), true);
  }

  sent(): void {
    this.#listener.sent?.();
  }

  /** No answer of gRPC, and none is in its way. */
  interim(): void {}

  head(httpStatus: number, headers: HeaderFields): void {
    this.#listener.answering?.();
    this.#end.httpStatus = httpStatus;
    this.#encoding = headers.get('grpc-encoding') ?? 'identity';
    // An answer without messages may carry the status up here.
    if (headers.get('grpc-status') !== undefined) this.trailers(headers);
    else {
      const problem = headProblem(httpStatus, headers.get('content-type') ?? 'missing');
      if (problem !== undefined) this.#finish(problem);
    }
  }

  data(bytes: Buffer): void {
    this.#reader.feed(bytes);
    const { problem } = this.#reader;
    if (problem !== undefined) this.#finish(fault(problem.code, problem.message));
  }

  trailers(headers: HeaderFields): void {
    const status = statusOf(headers);
    if (status === 'absent') return;
    if (status !== 'invalid') this.#end.status = status;
    else this.#finish(invalidStatusFault(headers.get('grpc-status')));
  }

  ended(): void {
    this.failed(missingStatusFault());
  }

  /** The connection failed, or the answer is of no use. */
  failed(reason: Fault): void {
    // The status is the last thing of an answer: with it nothing is missing.
    this.#finish(this.#end.status === undefined ? reason : undefined);
  }

  #message(message: GrpcMessage): boolean {
    this.#end.messages += 1;
    this.#end.messageBytes += message.bytes.length;
    if (message.compressed && this.#encoding !== 'gzip') {
      this.#finish(encodingFault(this.#encoding));
      return false;
    }
    const more = this.#listener.message(message);
    if (!more) this.#finish();
    return more;
  }

  #finish(reason?: Fault): void {
    const resolve = this.#resolve;
    if (resolve === undefined) return;
    this.#resolve = undefined;
    const cut = reason === undefined && this.#end.status?.code === 0 && this.#reader.withinMessage;
    const ending = cut ? cutMessageFault() : reason;
    if (ending !== undefined) this.#end.fault = ending;
    // After the last word of both there is nothing to cancel, and it does nothing.
    this.#stream?.cancel();
    resolve(this.#end);
  }
}
