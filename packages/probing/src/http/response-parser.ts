// Reads one HTTP/1.1 answer from bytes as they come, in pieces of any size: the outcome never depends
// on where the pieces were cut. It holds one unfinished line and a few numbers, hands the body on
// piece by piece, and ends in `done` or `failed` for every input, without ever throwing.

import type { FaultCode } from '@holdfast/kernel';
import { bodyFraming } from './body-framing.ts';
import { HeaderFields, type ResponseHead } from './response-head.ts';

export interface ResponseSink {
  /** Whether the body is wanted; if not, the answer counts as whole. */
  head(head: ResponseHead): boolean;
  /** The bytes are only valid during the call. */
  body(bytes: Buffer): void;
}

export interface ParseProblem {
  code: FaultCode;
  message: string;
}

/** Of all lines but the body: status lines, headers, trailers. As much as common servers send at most. */
const HEAD_BYTES_MAX = 64 * 1024;
const HEADERS_MAX = 200;
/** A chunk's size with its extensions, which nobody uses. */
const CHUNK_LINE_BYTES_MAX = 1024;
const LINE_FEED = 10;
const STATUS_LINE = /^HTTP\/1\.(\d) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const STATUS_LINE_START = 'HTTP/1.';
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** 12 digits: more bytes than any probe will read. */
const CHUNK_LINE = /^([0-9a-fA-F]{1,12})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;

type State =
  | 'status'
  | 'headers'
  | 'length'
  | 'until-close'
  | 'chunk-size'
  | 'chunk-data'
  | 'chunk-end'
  | 'trailers'
  | 'done'
  | 'failed';

export class ResponseParser {
  problem: ParseProblem | undefined;
  /** Is told the status of each interim answer. */
  onInterim: ((status: number) => void) | undefined;
  readonly #method: string;
  readonly #sink: ResponseSink;
  readonly #bodyBytesMax: number;
  #state: State = 'status';
  #head: ResponseHead = { status: 0, httpVersion: '', headers: new HeaderFields() };
  /** The line that has begun and not ended. */
  #line = '';
  #headBytes = 0;
  #headerCount = 0;
  /** Body or chunk bytes still to come. */
  #left = 0;
  #bodyBytes = 0;
  #framed = false;

  constructor(method: string, bodyBytesMax: number, sink: ResponseSink) {
    this.#method = method;
    this.#bodyBytesMax = bodyBytesMax;
    this.#sink = sink;
  }

  get ended(): boolean {
    return this.#state === 'done' || this.#state === 'failed';
  }

  /** The answer is whole by its framing, and nothing came behind it. */
  get framed(): boolean {
    return this.#state === 'done' && this.#framed;
  }

  /** Whether the peer takes another request on this connection (RFC 9112 section 9.3). */
  get persistent(): boolean {
    if (!this.framed) return false;
    const { httpVersion, headers } = this.#head;
    const said =
      headers
        .get('connection')
        ?.toLowerCase()
        .split(/[\t ]*,[\t ]*/) ?? [];
    if (said.includes('close')) return false;
    return httpVersion === '1.1' || said.includes('keep-alive');
  }

  /** Bytes after the end of the answer are ignored; only the connection is of no further use then. */
  feed(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && !this.ended) {
      const readsBody =
        this.#state === 'length' || this.#state === 'chunk-data' || this.#state === 'until-close';
      at = readsBody ? this.#takeBody(bytes, at) : this.#takeLine(bytes, at);
    }
    if (at < bytes.length) this.#framed = false;
  }

  /** The peer will send no more. */
  close(): void {
    if (this.ended) return;
    if (this.#state === 'until-close') this.#state = 'done';
    else this.#fail('PROTOCOL_CLOSED_EARLY', `the peer closed ${this.#place()}`);
  }

  #takeLine(bytes: Buffer, from: number): number {
    const feed = bytes.indexOf(LINE_FEED, from);
    const to = feed < 0 ? bytes.length : feed;
    this.#line += bytes.toString('latin1', from, to);
    if (this.#isOtherProtocol() || this.#isTooLong(to - from)) return bytes.length;
    if (feed < 0) return bytes.length;
    this.#endLine();
    return feed + 1;
  }

  /** Told at once, instead of after a line that may never end. */
  #isOtherProtocol(): boolean {
    if (this.#state !== 'status') return false;
    const seen = Math.min(this.#line.length, STATUS_LINE_START.length);
    if (this.#line.startsWith(STATUS_LINE_START.slice(0, seen))) return false;
    this.#failStatus();
    return true;
  }

  #isTooLong(added: number): boolean {
    if (this.#state === 'chunk-size' || this.#state === 'chunk-end') {
      if (this.#line.length <= CHUNK_LINE_BYTES_MAX) return false;
      this.#fail('PROTOCOL_INVALID_ANSWER', 'a chunk does not begin with its size');
      return true;
    }
    this.#headBytes += added;
    if (this.#headBytes <= HEAD_BYTES_MAX) return false;
    this.#fail('PROTOCOL_LIMIT_EXCEEDED', `the head is larger than ${HEAD_BYTES_MAX} bytes`);
    return true;
  }

  #endLine(): void {
    // A lone line feed ends a line too, as RFC 9112 section 2.2 allows.
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line;
    this.#line = '';
    if (this.#state === 'status') this.#readStatus(line);
    else if (this.#state === 'headers' && line === '') this.#endHead();
    else if (this.#state === 'headers') this.#readHeader(line);
    else if (this.#state === 'chunk-size') this.#readChunkSize(line);
    else if (this.#state === 'chunk-end') this.#readChunkEnd(line);
    else this.#readTrailer(line);
  }

  #readStatus(line: string): void {
    const match = STATUS_LINE.exec(line);
    if (match === null) this.#failStatus();
    else if (match[2] === '101') this.#invalid('the server switched protocols unasked');
    else {
      const httpVersion = match[1] === '0' ? '1.0' : '1.1';
      this.#head = { status: Number(match[2]), httpVersion, headers: new HeaderFields() };
      this.#state = 'headers';
    }
  }

  #readHeader(line: string): void {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    const value = withoutWhiteSpace(line, colon + 1);
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value)) {
      this.#invalid('a header line is malformed');
    } else if (this.#countHeader()) {
      this.#head.headers.add(name.toLowerCase(), value);
    }
  }

  #countHeader(): boolean {
    this.#headerCount += 1;
    if (this.#headerCount <= HEADERS_MAX) return true;
    this.#fail('PROTOCOL_LIMIT_EXCEEDED', `the answer has more than ${HEADERS_MAX} headers`);
    return false;
  }

  #endHead(): void {
    const { status } = this.#head;
    const framing = bodyFraming(this.#method, this.#head);
    // An interim answer is passed over; the limits above bound how many there can be.
    if (status < 200) this.#endInterim(status);
    else if (framing.kind === 'invalid') this.#invalid(framing.problem);
    else if (!this.#sink.head(this.#head)) this.#finish(framing.kind === 'none');
    else if (framing.kind === 'none') this.#finish(true);
    else if (framing.kind === 'chunked') this.#state = 'chunk-size';
    else if (framing.kind === 'until-close') this.#expectBody('until-close', Infinity);
    else if (!this.#isOverLimit(framing.bytes)) this.#expectBody('length', framing.bytes);
  }

  #endInterim(status: number): void {
    this.#state = 'status';
    this.onInterim?.(status);
  }

  #finish(framed: boolean): void {
    this.#state = 'done';
    this.#framed = framed;
  }

  #expectBody(state: 'length' | 'until-close', left: number): void {
    this.#state = state;
    this.#left = left;
  }

  #isOverLimit(bodyBytes: number): boolean {
    if (bodyBytes <= this.#bodyBytesMax) return false;
    const message = `the body is larger than the ${this.#bodyBytesMax} bytes that the check allows`;
    this.#fail('PROTOCOL_LIMIT_EXCEEDED', message);
    return true;
  }

  #readChunkSize(line: string): void {
    const size = CHUNK_LINE.exec(line)?.[1];
    if (size === undefined) {
      this.#invalid('a chunk does not begin with its size');
      return;
    }
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'chunk-data';
  }

  #readChunkEnd(line: string): void {
    if (line === '') this.#state = 'chunk-size';
    else this.#invalid('a chunk is longer than its size');
  }

  /** Trailers are checked and counted; nothing of them is kept. */
  #readTrailer(line: string): void {
    if (line === '') this.#finish(true);
    else if (HEADER_NAME.test(line.slice(0, Math.max(line.indexOf(':'), 0)))) this.#countHeader();
    else this.#invalid('a trailer line is malformed');
  }

  #takeBody(bytes: Buffer, from: number): number {
    const to = Math.min(bytes.length, from + this.#left);
    if (this.#isOverLimit(this.#bodyBytes + to - from)) return bytes.length;
    this.#bodyBytes += to - from;
    this.#sink.body(bytes.subarray(from, to));
    this.#left -= to - from;
    if (this.#state === 'length' && this.#left === 0) this.#finish(true);
    if (this.#state === 'chunk-data' && this.#left === 0) this.#state = 'chunk-end';
    return to;
  }

  #failStatus(): void {
    this.#invalid('the answer does not begin with an HTTP/1 status line');
  }

  #invalid(message: string): void {
    this.#fail('PROTOCOL_INVALID_ANSWER', message);
  }

  #fail(code: FaultCode, message: string): void {
    this.#state = 'failed';
    this.problem = { code, message };
  }

  #place(): string {
    if (this.#state === 'status' && this.#headBytes === 0) return 'without an answer';
    return this.#state === 'status' || this.#state === 'headers'
      ? 'within the headers'
      : 'within the body';
  }
}

/** From `from` on, without the spaces and tabs around it. */
function withoutWhiteSpace(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start += 1;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
