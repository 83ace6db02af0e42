// Every call to etcd goes through here: encoded, sent over some connection, made again where the rule
// allows it until its time is over, and decoded. A member that failed a call is left for another one,
// whether or not this call could be saved by it.

import { type Chance, type Clock, fullJitter, type Logger, sleep } from '@holdfast/kernel';
import { closed } from '../coordination/coordination-error.ts';
import { Authentication, type Credentials, LEADER_REQUIRED } from './authentication.ts';
import { ConnectionPool } from './connection-pool.ts';
import type { Endpoint } from './endpoint.ts';
import { contractError, type Subject, unreadable } from './etcd-error.ts';
import type { GrpcConnection, Metadata, TlsTrust } from './grpc-connection.ts';
import { GrpcFailure, unavailable } from './grpc-failure.ts';
import type { GrpcStream, StreamEvents } from './grpc-stream.ts';
import type { Given } from './message-table.ts';
import { METHODS, type Method } from './methods.ts';
import { blames, type Retry, retryOf } from './retry-rule.ts';

export interface EtcdCallsOptions {
  endpoints: readonly Endpoint[];
  tls?: TlsTrust | undefined;
  credentials?: Credentials | undefined;
  connectionsMax: number;
  timeoutMs: number;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

export interface CallOptions {
  /** Making it twice is as good as once. */
  idempotent: boolean;
  signal?: AbortSignal | undefined;
  subject?: Subject;
  /** Instead of the usual time. */
  timeoutMs?: number;
}

/** A stream, and how to leave the member that it is with. */
export interface OpenStream {
  stream: GrpcStream;
  blame(): void;
}

const TRIES_MAX = 20;
const AUTHENTICATIONS_MAX = 2;
const WAIT_MS = 20;
const WAIT_MS_MAX = 1_000;
/** One member may use so much of a call's time at least, before another one is asked. */
const ATTEMPT_MS = 1_000;
/** As many members are asked within one call's time when they do not answer. */
const ATTEMPTS_PER_CALL = 3;

/** One call on its way. */
interface Course {
  deadlineMs: number;
  tries: number;
  authentications: number;
  signal: AbortSignal | undefined;
  /** Why the last try failed. */
  failure?: GrpcFailure;
}

export class EtcdCalls {
  readonly timeoutMs: number;
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #pool: ConnectionPool;
  readonly #authentication: Authentication;
  readonly #attemptMs: number;
  #isClosed = false;

  constructor(options: EtcdCallsOptions) {
    const { clock, chance, timeoutMs, credentials, endpoints } = options;
    this.#clock = clock;
    this.#chance = chance;
    this.timeoutMs = timeoutMs;
    this.#pool = new ConnectionPool(options, options.connectionsMax);
    this.#authentication =
      credentials === undefined
        ? new Authentication()
        : new Authentication(() => this.#token(credentials));
    const shares = Math.min(endpoints.length, ATTEMPTS_PER_CALL);
    this.#attemptMs = Math.max(ATTEMPT_MS, timeoutMs / shares);
  }

  /** Rejects with a HoldfastError, or with the signal's reason. */
  async call<Q, A>(method: Method<Q, A>, request: Given<Q>, options: CallOptions): Promise<A> {
    const { idempotent, signal, subject, timeoutMs = this.timeoutMs } = options;
    const bytes = method.request.encode(request);
    try {
      const attempt = (connection: GrpcConnection, metadata: Metadata, leftMs: number) =>
        connection.unary({
          path: method.path,
          request: bytes,
          metadata,
          signal,
          timeoutMs: idempotent ? Math.min(leftMs, this.#attemptMs) : leftMs,
        });
      const answer = await this.#tried(attempt, { idempotent, signal, timeoutMs });
      return decoded(method, answer);
    } catch (error) {
      throw contractError(error, subject);
    }
  }

  /** Rejects with a HoldfastError, or with the signal's reason. Streams are opened, not yet heard of. */
  async stream(path: string, events: StreamEvents, signal?: AbortSignal): Promise<OpenStream> {
    const open = async (connection: GrpcConnection, metadata: Metadata): Promise<OpenStream> => ({
      stream: connection.stream(path, metadata, events),
      blame: () => connection.leave(),
    });
    const { timeoutMs } = this;
    try {
      return await this.#tried(open, { idempotent: true, signal, timeoutMs });
    } catch (error) {
      throw contractError(error);
    }
  }

  /** For streams, which hear of a refused token only later. False: there is no other token to get. */
  async forgetToken(): Promise<boolean> {
    return this.#authentication.refused(await this.#authentication.metadata());
  }

  close(): void {
    this.#isClosed = true;
    this.#pool.close();
  }

  async #tried<T>(
    attempt: (connection: GrpcConnection, metadata: Metadata, leftMs: number) => Promise<T>,
    {
      idempotent,
      signal,
      timeoutMs,
    }: { idempotent: boolean; signal: AbortSignal | undefined; timeoutMs: number },
  ): Promise<T> {
    const course: Course = {
      deadlineMs: this.#clock.nowMs() + timeoutMs,
      tries: 0,
      authentications: 0,
      signal,
    };
    for (;;) {
      if (this.#isClosed) throw closed();
      signal?.throwIfAborted();
      let connection: GrpcConnection | undefined;
      let metadata: Metadata | undefined;
      try {
        metadata =
          this.#authentication.known ??
          (await this.#inTime(this.#authentication.metadata(), course));
        connection = this.#pool.ready() ?? (await this.#inTime(this.#pool.connect(), course));
        return await attempt(connection, metadata, course.deadlineMs - this.#clock.nowMs());
      } catch (error) {
        if (!(error instanceof GrpcFailure)) throw error;
        if (blames(error)) connection?.leave();
        await this.#beforeNextTry(error, retryOf(error, idempotent), metadata, course);
      }
    }
  }

  /** Throws the failure when there is no next try. */
  async #beforeNextTry(
    failure: GrpcFailure,
    retry: Retry | undefined,
    metadata: Metadata | undefined,
    course: Course,
  ): Promise<void> {
    course.tries += 1;
    course.failure = failure;
    if (retry === 'authenticate') {
      course.authentications += 1;
      const another = metadata !== undefined && this.#authentication.refused(metadata);
      if (!another || course.authentications > AUTHENTICATIONS_MAX) throw failure;
    }
    const capMs = Math.min(WAIT_MS_MAX, WAIT_MS * 2 ** course.tries);
    const waitMs = fullJitter(this.#chance, capMs);
    const leftMs = course.deadlineMs - this.#clock.nowMs();
    if (retry === undefined || course.tries >= TRIES_MAX || waitMs >= leftMs) throw failure;
    await sleep(this.#clock, waitMs, course.signal);
  }

  /** What others wait for too is not cancelled, only not waited for any longer. */
  #inTime<T>(promise: Promise<T>, { deadlineMs, signal, failure }: Course): Promise<T> {
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal?.reason);
      const timer = this.#clock.after(deadlineMs - this.#clock.nowMs(), () =>
        reject(failure ?? unavailable('No endpoint of etcd could be reached in time.', false)),
      );
      signal?.addEventListener('abort', onAbort, { once: true });
      promise.then(resolve, reject).finally(() => {
        timer.cancel();
        signal?.removeEventListener('abort', onAbort);
      });
    });
  }

  /** Without the loop of the calls, which waits for it: nothing of the call itself has been sent. */
  async #token({ user, password }: Credentials): Promise<string> {
    const connection = this.#pool.ready() ?? (await this.#pool.connect());
    const { path, request } = METHODS.authenticate;
    try {
      const answer = await connection.unary({
        path,
        request: request.encode({ name: user, password }),
        metadata: LEADER_REQUIRED,
        timeoutMs: this.#attemptMs,
      });
      return decoded(METHODS.authenticate, answer).token;
    } catch (error) {
      if (!(error instanceof GrpcFailure) || error.said) throw error;
      if (blames(error)) connection.leave();
      throw new GrpcFailure(error.status, error.message, { sent: false, cause: error });
    }
  }
}

function decoded<Q, A>(method: Method<Q, A>, answer: Uint8Array): A {
  try {
    return method.answer.decode(answer);
  } catch (error) {
    throw unreadable(error);
  }
}
