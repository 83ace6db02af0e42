// One connection that outlives the run that made it. While nobody uses it, whatever its peer does ends
// it: a byte, an end, an error. It must never hand on what was said before its user came.

import type { ResultContext } from '@holdfast/resources/result';
import type { SystemError } from '../dial/connect-fault.ts';
import type { ByteStream, StreamListener } from '../http/exchange.ts';
import type { Http2Session } from '../http2/http2-session.ts';

/** What results tell of a connection, whoever made it. */
export type LineFacts = Pick<
  ResultContext,
  'sourceIp' | 'peerIp' | 'peerPort' | 'ipVersion' | 'addresses' | 'kernel' | 'tls' | 'proxy'
>;

export interface LineParts {
  stream: ByteStream;
  facts: LineFacts;
  /** Of HTTP/2: the session owns the socket, and several runs may use it at once. */
  session?: Http2Session;
  /** When its certificates run out, for those who trust them; Infinity where nothing does. */
  validToMs: number;
}

export class Line implements ByteStream {
  readonly key: string;
  readonly facts: LineFacts;
  readonly stream: ByteStream;
  readonly session: Http2Session | undefined;
  readonly validToMs: number;
  users = 1;
  /** Dead, or going away: of no use for anybody new. */
  closed = false;
  readonly #gone: (line: Line) => void;
  #listener: StreamListener | undefined;

  /** `gone` is called when it was destroyed. */
  constructor(key: string, parts: LineParts, gone: (line: Line) => void) {
    this.key = key;
    this.facts = parts.facts;
    this.stream = parts.stream;
    this.session = parts.session;
    this.validToMs = parts.validToMs;
    this.#gone = gone;
    if (this.session === undefined) this.#watch();
    else this.session.whenUnusable(() => this.#ended());
  }

  get socket() {
    return this.stream.socket;
  }

  get receive() {
    return this.stream.receive;
  }

  set receive(receive) {
    this.stream.receive = receive;
  }

  get hasRoom(): boolean {
    return !this.closed && this.users < (this.session?.streamsMax ?? 1);
  }

  /** From now on the listener hears of everything, until it is detached. */
  attach(listener: StreamListener): void {
    this.#listener = listener;
  }

  detach(): void {
    this.#listener = undefined;
  }

  /** Whoever still uses it hears of the end. */
  destroy(): void {
    this.closed = true;
    if (this.session === undefined) this.socket.destroy();
    else this.session.close();
    this.#gone(this);
  }

  #watch(): void {
    const { stream } = this;
    stream.receive = (bytes) => {
      if (this.#listener === undefined) this.destroy();
      else this.#listener.received(bytes);
    };
    stream.socket.on('end', () => this.#ended());
    stream.socket.on('close', () => this.#ended());
    stream.socket.on('error', (error: SystemError) => {
      this.closed = true;
      this.#listener?.broken(error);
    });
  }

  /** In use it keeps its place until its user has ended. */
  #ended(): void {
    this.closed = true;
    if (this.users === 0) this.destroy();
    else this.#listener?.closed();
  }
}
