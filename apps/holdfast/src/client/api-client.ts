// What a command asks of a server: one request, answered within bounds, by the first of the named
// servers that can be reached. A server that answered is believed; only one that did not even take the
// connection is passed over, so that nothing is done twice.

import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import {
  type Clock,
  ERRORS,
  type ErrorCode,
  HoldfastError,
  isHoldfastError,
} from '@holdfast/kernel';
import type { ApiError } from '@holdfast/resources/api';

/** Longer than any server waits. */
const ANSWER_MS = 60_000;
/** 20,000 resources with all they hold. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;

export interface ApiClientOptions {
  servers: readonly URL[];
  token?: string;
  /** PEM; instead of the authorities that Node trusts. */
  ca?: string;
  clock: Clock;
  signal: AbortSignal;
}

export class ApiClient {
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /** `path` below /api/v1/. Rejects with the server's own error, or SERVER_UNREACHABLE. */
  get<T>(path: string): Promise<T> {
    return this.#ask('GET', path);
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.#ask('POST', path, JSON.stringify(body));
  }

  async #ask<T>(method: string, path: string, body?: string): Promise<T> {
    const failures: string[] = [];
    for (const server of this.#options.servers) {
      const url = new URL(`${server.pathname.replace(/\/$/, '')}/api/v1/${path}`, server);
      try {
        return (await this.#askOne(url, method, body)) as T;
      } catch (error) {
        if (isHoldfastError(error)) throw error;
        this.#options.signal.throwIfAborted();
        failures.push(`${server.origin} (${reasonOf(error)})`);
        // Once connected, what was asked may have been done.
        if (!isUnreached(error)) break;
      }
    }
    throw new HoldfastError(
      'SERVER_UNREACHABLE',
      `no server answered: ${failures.join(', ')}`,
      'Start one with `holdfast server` or `holdfast up`, or name another with --server.',
    );
  }

  #askOne(url: URL, method: string, body: string | undefined): Promise<unknown> {
    const { token, ca, clock, signal } = this.#options;
    const secure = url.protocol === 'https:';
    return new Promise((resolve, reject) => {
      const request: ClientRequest = (secure ? httpsRequest : httpRequest)(url, {
        method,
        agent: false,
        signal,
        headers: {
          Accept: 'application/json',
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : bodyHeaders(body)),
        },
        ...(ca === undefined ? {} : { ca }),
      });
      const timer = clock.after(ANSWER_MS, () =>
        request.destroy(new Error(`no answer within ${ANSWER_MS / 1_000} s`)),
      );
      request.once('close', () => timer.cancel());
      request.once('error', reject);
      request.once('response', (response) => answered(response).then(resolve, reject));
      request.end(body);
    });
  }
}

function bodyHeaders(body: string) {
  return { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
}

async function answered(response: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error('its answer is larger than 256 MiB');
    parts.push(part);
  }
  const { statusCode = 0 } = response;
  const answer = parsed(Buffer.concat(parts).toString('utf8'));
  if (answer === undefined) throw new Error(`HTTP ${statusCode} that is not of Holdfast`);
  if (statusCode < 400) return answer;
  throw errorOf(answer as Partial<ApiError>, statusCode);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The server's error as if it had been raised here; codes of a newer server are told in words. */
function errorOf({ code, message, cure, trace_id }: Partial<ApiError>, status: number): Error {
  if (typeof code !== 'string' || typeof message !== 'string' || typeof cure !== 'string')
    return new Error(`HTTP ${status} that is not of Holdfast`);
  const known = Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'INTERNAL';
  const traced = known === 'INTERNAL' ? ` (${code}, trace ${trace_id})` : '';
  return new HoldfastError(known, `${message}${traced}`, cure);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return error.message === '' ? String(code) : error.message;
}

function isUnreached(error: unknown): boolean {
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  return (
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    /^(CERT_|ERR_TLS|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/.test(code)
  );
}
