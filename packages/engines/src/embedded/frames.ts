// How journal and snapshot are cut into frames: a mark, the length, a checksum over length and content.
// The checksum begins with the file's own salt, so that no value that somebody puts can look like a
// frame. A bad frame is the torn end of the file only if no whole frame comes after it.

import { crc32 } from 'node:zlib';

/** Before the content: mark, length, checksum; four bytes each. */
export const FRAME_HEADER_BYTES = 12;
const MARK = Buffer.from('HFfr');
const LENGTH_AT = 4;
const CHECKSUM_AT = 8;

/** `bytes` holds the content after FRAME_HEADER_BYTES that are still free. */
export function sealFrame(bytes: Buffer, salt: number): Buffer {
  MARK.copy(bytes);
  bytes.writeUInt32BE(bytes.length - FRAME_HEADER_BYTES, LENGTH_AT);
  bytes.writeUInt32BE(checksum(bytes, salt), CHECKSUM_AT);
  return bytes;
}

export interface Frames {
  contents: Buffer[];
  /** Where the first byte stands that belongs to no whole frame. */
  end: number;
  /** Whole frames come after bytes that are none. */
  isDamaged: boolean;
}

export function readFrames(file: Buffer, from: number, salt: number): Frames {
  const contents: Buffer[] = [];
  let end = from;
  for (;;) {
    const content = frameAt(file, end, salt);
    if (content === undefined) break;
    contents.push(content);
    end += FRAME_HEADER_BYTES + content.length;
  }
  return { contents, end, isDamaged: hasFrameAfter(file, end, salt) };
}

function frameAt(file: Buffer, at: number, salt: number): Buffer | undefined {
  if (file.length - at < FRAME_HEADER_BYTES) return undefined;
  if (file.compare(MARK, 0, MARK.length, at, at + MARK.length) !== 0) return undefined;
  const end = at + FRAME_HEADER_BYTES + file.readUInt32BE(at + LENGTH_AT);
  if (end > file.length) return undefined;
  const frame = file.subarray(at, end);
  if (checksum(frame, salt) !== frame.readUInt32BE(CHECKSUM_AT)) return undefined;
  return frame.subarray(FRAME_HEADER_BYTES);
}

function hasFrameAfter(file: Buffer, end: number, salt: number): boolean {
  for (let at = file.indexOf(MARK, end + 1); at >= 0; at = file.indexOf(MARK, at + 1))
    if (frameAt(file, at, salt) !== undefined) return true;
  return false;
}

function checksum(frame: Buffer, salt: number): number {
  const length = crc32(frame.subarray(LENGTH_AT, CHECKSUM_AT), salt);
  return crc32(frame.subarray(FRAME_HEADER_BYTES), length);
}
