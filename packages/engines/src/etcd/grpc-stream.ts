// A call in both directions on an HTTP/2 stream. Messages come as they are until it ends, which is told
// exactly once; while it is paused, the peer is held back by the stream's window, so that a slow reader
// costs no memory beyond it.

import type { ClientHttp2Stream } from 'node:http2';
import { GrpcFailure, unavailable } from './grpc-failure.ts';
import { FrameJoiner, framed } from './grpc-framing.ts';
import { failureOf } from './grpc-status.ts';

/** etcd splits what it tells watches into fragments of about 2 MiB. */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;
/** RFC 9113 section 7. */
const CANCEL = 8;

export interface StreamEvents {
  message(bytes: Buffer): void;
  ended(failure: GrpcFailure): void;
}

export class GrpcStream {
  readonly #stream: ClientHttp2Stream;
  readonly #events: StreamEvents;
  readonly #joiner = new FrameJoiner(MESSAGE_BYTES_MAX);
  #status: GrpcFailure | 'ok' | undefined;
  #ended = false;

  constructor(stream: ClientHttp2Stream, url: string, events: StreamEvents) {
    this.#stream = stream;
    this.#events = events;
    stream.on('response', (headers) => {
      this.#status = failureOf(headers, 'head');
    });
    stream.on('trailers', (trailers) => {
      this.#status = failureOf(trailers, 'tail');
    });
    stream.on('data', (piece: Buffer) => this.#take(piece));
    stream.on('error', (error) =>
      this.fail(unavailable(`The stream broke: ${error.message}.`, true, error)),
    );
    stream.on('close', () => {
      const status = this.#status;
      this.fail(
        status instanceof GrpcFailure ? status : unavailable(`${url} ended the stream.`, true),
      );
    });
  }

  send(message: Uint8Array): void {
    if (!this.#ended) this.#stream.write(framed(message));
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** Ends it without telling. */
  close(): void {
    if (this.#ended) return;
    this.fail(unavailable('The stream was closed.', true));
  }

  fail(failure: GrpcFailure): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stream.close(CANCEL);
    this.#events.ended(failure);
  }

  #take(piece: Buffer): void {
    if (this.#ended) return;
    try {
      for (const message of this.#joiner.push(piece)) this.#events.message(message);
    } catch (failure) {
      this.fail(
        failure instanceof GrpcFailure ? failure : unavailable('unreadable', true, failure),
      );
    }
  }
}
