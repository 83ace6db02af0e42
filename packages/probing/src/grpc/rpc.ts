// One gRPC call on one HTTP/2 stream, whatever is called: messages out, messages in, the status at
// the end. It ends once, by the status, by a breach of the protocol, by enough messages, or when its
// connection fails; it never throws, and a call that is ended early is cancelled at the server.

import { type ClientHttp2Stream, constants } from 'node:http2';
import { type Fault, fault, type PhaseName } from '@holdfast/kernel';
import type { SystemError } from '../dial/connect-fault.ts';
import {
  cutMessageFault,
  encodingFault,
  headProblem,
  invalidStatusFault,
  missingStatusFault,
} from './answer-fault.ts';
import { type GrpcStatus, type HeaderValues, statusOf } from './grpc-status.ts';
import { http2Fault, resetFault } from './http2-fault.ts';
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

/** What a call needs of the connection it goes over. */
export interface RpcConnection {
  /** Why the connection is of no more use. */
  readonly fault: Fault | undefined;
  readonly phase: PhaseName;
}

export class Rpc {
  /** Never rejects. */
  readonly ended: Promise<RpcEnd>;
  readonly #stream: ClientHttp2Stream;
  readonly #connection: RpcConnection;
  readonly #listener: RpcListener;
  readonly #reader: MessageReader;
  readonly #end: RpcEnd = { messages: 0, messageBytes: 0 };
  #encoding = 'identity';
  #resolve: ((end: RpcEnd) => void) | undefined;

  constructor(
    stream: ClientHttp2Stream,
    connection: RpcConnection,
    listener: RpcListener,
    messageBytesMax: number,
  ) {
    this.#stream = stream;
    this.#connection = connection;
    this.#listener = listener;
    this.#reader = new MessageReader(messageBytesMax, (message) => this.#message(message));
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#listen();
  }

  send(message: Uint8Array): void {
    if (this.#stream.writable) this.#stream.write(frameMessage(message));
  }

  sendLast(message: Uint8Array): void {
    if (this.#stream.writable) this.#stream.end(frameMessage(message));
  }

  endSending(): void {
    if (this.#stream.writable) this.#stream.end();
  }

  /** The connection failed, or the answer is of no use. */
  fail(reason: Fault): void {
    // The status is the last thing of an answer: with it nothing is missing.
    this.#finish(this.#end.status === undefined ? reason : undefined);
  }

  /** Calls back once the stream is closed on our side: what had to be said over it is said. */
  whenClosed(callback: () => void): void {
    if (this.#stream.destroyed) callback();
    else this.#stream.once('close', callback);
  }

  #listen(): void {
    const stream = this.#stream;
    stream.on('finish', () => this.#listener.sent?.());
    stream.on('response', (headers) => this.#head(headers));
    stream.on('data', (bytes: Buffer) => this.#data(bytes));
    stream.on('trailers', (headers) => this.#status(headers));
    stream.on('end', () => this.#answered());
    stream.on('error', (error: SystemError) => {
      const { fault: known, phase } = this.#connection;
      this.#finish(known ?? http2Fault(error, phase, stream.rstCode));
    });
    stream.on('close', () => this.#closed());
  }

  #head(headers: HeaderValues): void {
    if (this.#resolve === undefined) return;
    this.#listener.answering?.();
    this.#end.httpStatus = Number(headers[':status']);
    this.#encoding = String(headers['grpc-encoding'] ?? 'identity');
    // An answer without messages may carry the status up here.
    if (headers['grpc-status'] !== undefined) this.#status(headers);
    else {
      const problem = headProblem(
        this.#end.httpStatus,
        String(headers['content-type'] ?? 'missing'),
      );
      if (problem !== undefined) this.#finish(problem);
    }
  }

  #data(bytes: Buffer): void {
    if (this.#resolve === undefined) return;
    this.#reader.feed(bytes);
    const { problem } = this.#reader;
    if (problem !== undefined) this.#finish(fault(problem.code, problem.message));
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

  #status(headers: HeaderValues): void {
    if (this.#resolve === undefined) return;
    const status = statusOf(headers);
    if (status === 'absent') return;
    if (status !== 'invalid') this.#end.status = status;
    else this.#finish(invalidStatusFault(headers['grpc-status']));
  }

  #answered(): void {
    if (this.#end.status !== undefined) this.#finish();
    // It says no more, so nor do we: then the stream closes, and tells whether it was reset.
    else this.endSending();
  }

  #closed(): void {
    const { rstCode = 0 } = this.#stream;
    const reason = rstCode === 0 ? this.#statuslessFault() : resetFault(rstCode);
    this.fail(this.#connection.fault ?? reason);
  }

  #statuslessFault(): Fault {
    return this.#end.httpStatus === undefined ? resetFault(0) : missingStatusFault();
  }

  #finish(reason?: Fault): void {
    const resolve = this.#resolve;
    if (resolve === undefined) return;
    this.#resolve = undefined;
    const cut = reason === undefined && this.#end.status?.code === 0 && this.#reader.withinMessage;
    const ending = cut ? cutMessageFault() : reason;
    if (ending !== undefined) this.#end.fault = ending;
    // After the server's last word there is nothing to cancel.
    if (this.#end.status === undefined) this.#stream.close(constants.NGHTTP2_CANCEL);
    resolve(this.#end);
  }
}
