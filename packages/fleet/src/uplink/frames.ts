// Texts one after another in a file: length, checksum, bytes. Whatever was cut off or damaged ends
// the reading there, and nothing before it is lost. Reading trusts no length.

import { crc32 } from 'node:zlib';

/** Little endian: 4 bytes of length, 4 of CRC-32 (as of gzip) over the text's bytes. */
const HEADER_BYTES = 8;

export function encodeFrames(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const body = Buffer.from(text);
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt32LE(body.length, 0);
      header.writeUInt32LE(crc32(body), 4);
      return [header, body];
    }),
  );
}

export interface Frames {
  texts: string[];
  /** Up to the end of the last whole one. */
  wholeBytes: number;
}

export function readFrames(file: Buffer): Frames {
  const texts: string[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= file.length) {
    const start = at + HEADER_BYTES;
    const end = start + file.readUInt32LE(at);
    // No text is empty: a hole of zeros, as a crash of the machine may leave it, is no frame.
    if (end > file.length || end === start) break;
    const body = file.subarray(start, end);
    if (crc32(body) !== file.readUInt32LE(at + 4)) break;
    texts.push(body.toString());
    at = end;
  }
  return { texts, wholeBytes: at };
}
