// Undoes a Content-Encoding that the server applied although we asked for none, or the coding that the
// check says it has. The decoded size is
// bounded like any other body, so that a small answer cannot swell; the work is done off the loop.

import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';
import { type Fault, fault } from '@holdfast/kernel';
import type { Outcome } from '../prober.ts';

type Decode = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const DECODERS: Readonly<Record<string, Decode>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: decodeDeflate,
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

/** The codings in the order they were applied, without `identity`. */
export function contentCodings(field: string | undefined): string[] {
  if (field === undefined) return [];
  const codings = field.split(',').map((coding) => coding.trim().toLowerCase());
  return codings.filter((coding) => coding !== '' && coding !== 'identity');
}

export async function decodeContent(
  bytes: Buffer,
  codings: readonly string[],
  bytesMax: number,
): Promise<Outcome<Buffer>> {
  if (codings.length > 1) return invalid(`Content-Encoding names ${codings.length} codings.`);
  const [coding = ''] = codings;
  const decode = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  if (decode === undefined)
    return invalid(`Content-Encoding is "${coding}", which was not asked for.`);
  try {
    return { ok: true, value: await decode(bytes, { maxOutputLength: Math.max(1, bytesMax) }) };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== 'ERR_BUFFER_TOO_LARGE')
      return invalid(`The ${coding} body is broken: ${message}.`);
    return { ok: false, fault: tooLarge(bytesMax) };
  }
}

function tooLarge(bytesMax: number): Fault {
  const message = `The decoded body is larger than the ${bytesMax} bytes that the check allows.`;
  return fault('PROTOCOL_LIMIT_EXCEEDED', message, 'transfer');
}

/** The zlib format by the standard; the raw one by a habit of old servers. */
function decodeDeflate(bytes: Buffer, options: { maxOutputLength: number }): Promise<Buffer> {
  const zlibHeader = ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
  return zlibHeader ? promisify(inflate)(bytes, options) : promisify(inflateRaw)(bytes, options);
}

function invalid(message: string): { ok: false; fault: Fault } {
  return { ok: false, fault: fault('PROTOCOL_INVALID_ANSWER', message, 'transfer') };
}
