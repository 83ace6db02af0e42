// A query and its answer over HTTPS (RFC 8484): one POST on a secured connection, over HTTP/2 or
// HTTP/1.1, as ALPN agreed. Status and type of the content are judged before its bytes are believed to
// be a message of the DNS. No redirect is followed. The connection is ended in every case.

import { type Fault, type FaultCode, fault } from '@holdfast/kernel';
import { Exchange } from '../http/exchange.ts';
import type { ResponseHead } from '../http/response-head.ts';
import { ResponseParser } from '../http/response-parser.ts';
import type { Outcome } from '../prober.ts';
import type { SecureStream } from '../tls/handshake.ts';
import { matchQuestion } from './dns-answer.ts';
import { type BoundedSink, HttpsStream } from './https-stream.ts';
import type { Query } from './query.ts';
import type { DnsBytes, ExchangeParts } from './udp-exchange.ts';

export interface HttpsServer {
  host: string;
  port: number;
  path?: string;
}

export const HTTP_VERSIONS = ['h2', 'http/1.1'];

const DEFAULT_PATH = '/dns-query';
const HTTPS_PORT = 443;
const MESSAGE_TYPE = 'application/dns-message';
/** The largest that the DNS has. */
const MESSAGE_BYTES_MAX = 65_535;

export async function askOverHttps(
  query: Query,
  server: HttpsServer,
  stream: SecureStream,
  parts: ExchangeParts,
): Promise<Outcome<DnsBytes>> {
  const { bytes } = query.withId(0);
  const answer = new HttpsAnswer();
  const sentAtMs = parts.clock.nowMs();
  const failure =
    parts.facts.tls?.alpn === 'h2'
      ? await new HttpsStream(stream, answer, parts).run(http2Headers(server), bytes)
      : await askOverHttp1(server, bytes, stream, answer, parts);
  const refused = failure ?? answer.fault() ?? mismatch(answer.bytes(), query);
  if (refused !== undefined) return { ok: false, fault: refused };
  const queryTimeMs = parts.clock.nowMs() - sentAtMs;
  return { ok: true, value: { bytes: answer.bytes(), queryTimeMs } };
}

/** Keeps head and body of one answer within the size of a message. */
class HttpsAnswer implements BoundedSink {
  readonly bytesMax = MESSAGE_BYTES_MAX;
  #head: ResponseHead | undefined;
  readonly #pieces: Buffer[] = [];

  head(head: ResponseHead): boolean {
    this.#head = head;
    return this.fault() === undefined;
  }

  /** Copies it. */
  body(bytes: Buffer): void {
    this.#pieces.push(Buffer.from(bytes));
  }

  bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  /** What in the head says that this is no message. */
  fault(): Fault | undefined {
    if (this.#head === undefined) {
      return fault(
        'PROTOCOL_CLOSED_EARLY',
        'The server ended the stream without an answer.',
        'wait',
      );
    }
    const { status, headers } = this.#head;
    if (status < 200 || status > 299) {
      const message = `The server answered with the HTTP status ${status} instead of a message.`;
      return fault(statusFault(status), message, 'transfer');
    }
    const type = headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
    if (type === MESSAGE_TYPE) return undefined;
    const said = type === undefined ? 'no type' : `the type ${type.slice(0, 60)}`;
    const message = `The content of the answer has ${said} and not ${MESSAGE_TYPE}.`;
    return fault('PROTOCOL_INVALID_ANSWER', message, 'transfer');
  }
}

function statusFault(status: number): FaultCode {
  if (status >= 500) return 'SERVER_FAILED';
  return status >= 400 ? 'REFUSED_BY_SERVER' : 'PROTOCOL_INVALID_ANSWER';
}

function mismatch(bytes: Buffer, query: Query): Fault | undefined {
  if (matchQuestion(bytes, query.questionKey) === 'yes') return undefined;
  const message = `The content of the answer (${bytes.length} bytes) does not answer the question.`;
  return fault('PROTOCOL_INVALID_ANSWER', message, 'transfer');
}

function askOverHttp1(
  server: HttpsServer,
  body: Buffer,
  stream: SecureStream,
  answer: HttpsAnswer,
  parts: ExchangeParts,
): Promise<Fault | undefined> {
  const head = [
    `POST ${server.path ?? DEFAULT_PATH} HTTP/1.1`,
    `Host: ${authority(server)}`,
    `Accept: ${MESSAGE_TYPE}`,
    `Content-Type: ${MESSAGE_TYPE}`,
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
  const parser = new ResponseParser('POST', answer.bytesMax, answer);
  return new Exchange(stream, parser, parts.log, parts).run({ bytes });
}

function http2Headers(server: HttpsServer): Record<string, string> {
  return {
    ':method': 'POST',
    ':scheme': 'https',
    ':authority': authority(server),
    ':path': server.path ?? DEFAULT_PATH,
    accept: MESSAGE_TYPE,
    'content-type': MESSAGE_TYPE,
  };
}

function authority({ host, port }: HttpsServer): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === HTTPS_PORT ? name : `${name}:${port}`;
}
