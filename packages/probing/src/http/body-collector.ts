// Takes the body of one answer: counts all of it, keeps all of it only when something is expected of
// it, else just enough for an excerpt. The parser bounds what comes here; decoding has its own bound.

import type { Fault } from '@holdfast/kernel';
import type { HttpSpec } from '@holdfast/resources/compiled-check';
import { contentCodings, decodeContent } from './content-decoder.ts';
import type { ResponseHead } from './response-head.ts';

const EXCERPT_BYTES = 512;
const TEXT_TYPE = /^text\/|[/+](?:json|xml|yaml)\b|javascript|x-www-form-urlencoded/;
const CHARSET = /;\s*charset\s*=\s*"?([\w.:-]+)"?/i;

export type BodyLimits = Pick<HttpSpec, 'bodyBytesMax' | 'decompress'>;

export class BodyCollector {
  /** Of the decoded body. */
  readonly #bytesMax: number;
  readonly #keepAll: boolean;
  readonly #forced: BodyLimits['decompress'];
  #pieces: Buffer[] = [];
  #kept = 0;
  #received = 0;
  #contentType: string | undefined;
  #codings: string[] = [];

  constructor({ bodyBytesMax, decompress }: BodyLimits, keepAll: boolean) {
    this.#bytesMax = bodyBytesMax;
    this.#forced = decompress;
    this.#keepAll = keepAll;
  }

  begin(head: ResponseHead): void {
    this.#contentType = head.headers.get('content-type')?.toLowerCase();
    this.#codings = contentCodings(this.#forced ?? head.headers.get('content-encoding'));
  }

  /** Copies what it keeps. */
  take(bytes: Buffer): void {
    this.#received += bytes.length;
    const wanted = this.#keepsAll() ? bytes.length : EXCERPT_BYTES - this.#kept;
    if (wanted <= 0) return;
    const piece = Buffer.from(bytes.subarray(0, wanted));
    this.#pieces.push(piece);
    this.#kept += piece.length;
  }

  /** Decodes what was compressed. To be called once, when the answer is whole. */
  async finish(): Promise<Fault | undefined> {
    if (this.#codings.length === 0 || this.#received === 0) return undefined;
    const decoded = await decodeContent(this.#bytes(), this.#codings, this.#bytesMax);
    if (!decoded.ok) return decoded.fault;
    this.#pieces = [decoded.value];
    this.#received = decoded.value.length;
    return undefined;
  }

  /** Whether finish has anything to wait for. */
  get compressed(): boolean {
    return this.#codings.length > 0;
  }

  /** Bytes of the decoded body; of what came, when it did not come whole. */
  get length(): number {
    return this.#received;
  }

  /** All that was kept, as text. */
  text(): string {
    return decoderOf(this.#contentType).decode(this.#bytes());
  }

  /** The beginning of a body that is text for people; undefined when it is not, or is empty. */
  excerpt(): string | undefined {
    if (this.#kept === 0) return undefined;
    if (this.#contentType !== undefined && !TEXT_TYPE.test(this.#contentType)) return undefined;
    const beginning = this.#bytes().subarray(0, EXCERPT_BYTES);
    // Without a type only bytes without NUL are taken for text.
    if (beginning.includes(0)) return undefined;
    // stream: a character that the cut went through is left out instead of being shown as broken.
    return decoderOf(this.#contentType).decode(beginning, { stream: true });
  }

  #keepsAll(): boolean {
    return this.#keepAll || this.#codings.length > 0;
  }

  #bytes(): Buffer {
    const [first, second] = this.#pieces;
    if (first !== undefined && second === undefined) return first;
    return Buffer.concat(this.#pieces);
  }
}

function decoderOf(contentType: string | undefined): TextDecoder {
  const charset = CHARSET.exec(contentType ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset);
  } catch {
    // A charset that nobody knows.
    return new TextDecoder();
  }
}
