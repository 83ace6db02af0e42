// Calls to whichever of several servers answers, for all that is said to a fleet. One server is kept until it fails, then the next one
// is tried at once, and after a whole round with full jitter, within the deadline of the call. What
// may have happened is sent again only when doing it twice is the same as doing it once.

import { type IncomingMessage, Agent as PlainAgent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import {
  type Chance,
  type Clock,
  fullJitter,
  HoldfastError,
  isHoldfastError,
  type Logger,
  sleep,
} from '@holdfast/kernel';
import { AttemptFailed } from './attempt-failed.ts';
import { exchange, readBody } from './http-exchange.ts';
import { readRefusal } from './refusal.ts';
import { serverUrls } from './server-address.ts';
import type { ErrorRule } from './told-error.ts';
import { ANSWER_BYTES_MAX } from './wire-answers.ts';
import { Malformed } from './wire-reader.ts';

/** Connections for calls, per server; watches have their own. */
const CONNECTIONS_MAX = 64;
const IDLE_MS = 30_000;
/** More calls at once are a fault of the asker. */
const CALLS_MAX = 2_000;
const CALL_MS = 5_000;
const REFUSAL_BYTES_MAX = 64 * 1024;
const RETRY_FIRST_MS = 50;
const RETRY_MOST_MS = 1_000;

export { linesOf } from './answer-lines.ts';

export interface ServerConnection {
  /** Such as `https://holdfast.example:7070`; 1 to 32 of one fleet. */
  servers: readonly string[];
  token?: string;
  /** PEM of the authorities that may vouch for the servers; default: those that Node trusts. */
  ca?: string;
  clock: Clock;
  chance: Chance;
  logger: Logger;
  /** Of a call up to the head of its answer, all attempts together; default 5,000. */
  callTimeoutMs?: number;
}

export interface CallOptions<T = unknown> {
  /** Twice is the same as once. */
  repeatable: boolean;
  signal?: AbortSignal | undefined;
  /** The server may hold the question open so long; then it is the time of the whole call too. */
  answerMs?: number;
  /** From the head of the answer to its end; default: as long as for the head. */
  bodyMs?: number;
  /** Throws `Malformed` for what is no answer to this; default: the parsed JSON as it is. */
  read?: (answer: unknown) => T;
}

/** What a server says is told on as it is; SERVER_UNREACHABLE when none answers. */
const SERVER_ERRORS: ErrorRule = { failure: 'SERVER_UNREACHABLE', tells: () => true };

/** Connects with the first call. Throws USAGE for servers or a token that cannot be used. */
export function createServerCalls(connection: ServerConnection): ServerCalls {
  return new ServerCalls(connection, SERVER_ERRORS);
}

interface Server {
  url: URL;
  calls: PlainAgent;
  streams: PlainAgent;
}

export class ServerCalls {
  readonly #connection: ServerConnection;
  readonly #errors: ErrorRule;
  readonly #callMs: number;
  readonly #servers: Server[];
  readonly #headers: Record<string, string>;
  /** So that one dead server leaves time for another one, and one dead connection for another one. */
  readonly #attemptMs: number;
  readonly #closing = new AbortController();
  #current: number;
  #underWay = 0;

  constructor(connection: ServerConnection, errors: ErrorRule) {
    const { token, ca, chance, logger, callTimeoutMs = CALL_MS } = connection;
    const urls = serverUrls(connection.servers, token, logger);
    this.#connection = connection;
    this.#errors = errors;
    this.#callMs = callTimeoutMs;
    this.#servers = urls.map((url) => ({ url, ...agentsOf(url, ca) }));
    this.#headers = {
      'Content-Type': 'application/json',
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    };
    this.#attemptMs = callTimeoutMs / Math.min(urls.length + 1, 3);
    // Clients that start together spread over the servers.
    this.#current = chance.integer(urls.length);
  }

  get origins(): string[] {
    return this.#servers.map(({ url }) => url.origin);
  }

  /** Aborted by `close`, with the error that calls get from then on. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /** POST of JSON to a path below the servers' addresses, such as `api/v1/…`; gives the JSON of a good answer. */
  async call<T = unknown>(path: string, body: object, options: CallOptions<T>): Promise<T> {
    const text = JSON.stringify(body);
    const read = options.read ?? ((answer: unknown) => answer as T);
    return await this.#untilAnswered(path, options, async (server, headMs, signal) => {
      const response = await this.#post(server, path, text, headMs, server.calls, signal);
      const { clock } = this.#connection;
      const limits = {
        clock,
        bytesMax: ANSWER_BYTES_MAX,
        timeoutMs: options.bodyMs ?? headMs,
        signal,
      };
      return understood(await readBody(response, limits), read);
    });
  }

  /** For an answer that goes on: its stream, which the caller destroys, and whose it is. */
  async open(
    path: string,
    body: object,
    signal: AbortSignal,
  ): Promise<{ response: IncomingMessage; server: URL }> {
    const text = JSON.stringify(body);
    const options = { repeatable: true, signal };
    return await this.#untilAnswered(path, options, async (server, headMs, either) => ({
      response: await this.#post(server, path, text, headMs, server.streams, either),
      server: server.url,
    }));
  }

  /** It failed in the middle of an answer: the next call goes to another one. */
  distrust(url: URL, why: string): void {
    const server = this.#servers.find((one) => one.url === url);
    if (server !== undefined) this.#leave(server, why);
  }

  close(): void {
    this.#closing.abort(this.#failed('The calls to the servers are closed', 'Open them again.'));
    for (const { calls, streams } of this.#servers) {
      calls.destroy();
      streams.destroy();
    }
  }

  async #untilAnswered<T>(
    path: string,
    { repeatable, signal, answerMs }: CallOptions<unknown>,
    attempt: (server: Server, headMs: number, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const either = signal ? AbortSignal.any([signal, this.closed]) : this.closed;
    either.throwIfAborted();
    if (this.#underWay >= CALLS_MAX)
      throw this.#failed(`${CALLS_MAX} calls wait for the servers already`, 'Ask less at once.');
    this.#underWay += 1;
    const { clock } = this.#connection;
    const callMs = answerMs ?? this.#callMs;
    const attemptMs = repeatable && answerMs === undefined ? this.#attemptMs : callMs;
    const deadlineMs = clock.nowMs() + callMs;
    try {
      for (let attempts = 1; ; attempts += 1) {
        const leftMs = deadlineMs - clock.nowMs();
        const server = this.#servers[this.#current] as Server;
        try {
          return await attempt(server, Math.min(leftMs, attemptMs), either);
        } catch (error) {
          if (!(error instanceof AttemptFailed)) throw error;
          this.#leave(server, error.message);
          if (error.mayHaveHappened && !repeatable) throw this.#unsure(path, server, error);
          await this.#pause(attempts, deadlineMs, either);
          if (clock.nowMs() >= deadlineMs) throw this.#unanswered(path, server, error, callMs);
        }
      }
    } finally {
      this.#underWay -= 1;
    }
  }

  /** The head of a good answer. Rejects with AttemptFailed, or with the server's refusal as a HoldfastError. */
  async #post(
    server: Server,
    path: string,
    body: string,
    headMs: number,
    agent: PlainAgent,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const { clock } = this.#connection;
    const url = new URL(path, server.url);
    const connectMs = Math.min(headMs, this.#attemptMs);
    const headers = this.#headers;
    const response = await exchange({
      url,
      headers,
      body,
      agent,
      clock,
      connectMs,
      headMs,
      signal,
    });
    const { statusCode: status = 0 } = response;
    if (status >= 200 && status < 300) return response;
    const limits = { clock, bytesMax: REFUSAL_BYTES_MAX, timeoutMs: headMs, signal };
    throw readRefusal(status, await readBody(response, limits), this.#errors);
  }

  #failed(what: string, cure: string, cause?: AttemptFailed): HoldfastError {
    const said = isHoldfastError(cause?.cause) ? cause.cause : undefined;
    return new HoldfastError(said?.code ?? this.#errors.failure, what, said?.cure ?? cure, cause);
  }

  #unsure(path: string, { url }: Server, cause: AttemptFailed): HoldfastError {
    return this.#failed(
      `Whether ${path} happened is not known: ${url.origin} ${cause.message}`,
      'Read what it should have written, then decide.',
      cause,
    );
  }

  #unanswered(path: string, { url }: Server, cause: AttemptFailed, ms: number): HoldfastError {
    return this.#failed(
      `No server answered ${path} within ${ms} ms; the last one, ${url.origin}, ${cause.message}`,
      'Check that the servers run and can be reached from here.',
      cause,
    );
  }

  #leave(server: Server, why: string): void {
    // A connection that is idle now may be as dead as the one that failed.
    for (const sockets of Object.values(server.calls.freeSockets))
      for (const socket of sockets ?? []) socket.destroy();
    if (this.#servers[this.#current] !== server) return;
    this.#current = (this.#current + 1) % this.#servers.length;
    this.#connection.logger.debug('server left for the next one', {
      server: server.url.origin,
      why,
    });
  }

  /** Between two rounds over all servers, never beyond the deadline. */
  async #pause(attempts: number, deadlineMs: number, signal: AbortSignal): Promise<void> {
    if (attempts % this.#servers.length !== 0) return;
    const { clock, chance } = this.#connection;
    const rounds = attempts / this.#servers.length;
    const capMs = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** rounds);
    const leftMs = deadlineMs - clock.nowMs();
    await sleep(clock, Math.min(fullJitter(chance, capMs), Math.max(0, leftMs)), signal);
  }
}

function agentsOf(url: URL, ca: string | undefined): { calls: PlainAgent; streams: PlainAgent } {
  const pool = { keepAlive: true, maxSockets: CONNECTIONS_MAX, timeout: IDLE_MS };
  if (url.protocol === 'http:') return { calls: new PlainAgent(pool), streams: new PlainAgent() };
  const trust = ca === undefined ? {} : { ca };
  return { calls: new SecureAgent({ ...pool, ...trust }), streams: new SecureAgent(trust) };
}

function understood<T>(text: string, read: (answer: unknown) => T): T {
  try {
    return read(text === '' ? undefined : JSON.parse(text));
  } catch (error) {
    const what = error instanceof Malformed ? error.message : 'it is no JSON';
    throw new AttemptFailed(`answered what cannot be read: ${what}`, true, error);
  }
}
