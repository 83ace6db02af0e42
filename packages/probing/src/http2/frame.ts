// The frames of HTTP/2 as bytes (RFC 9113 sections 4.1 and 6): their numbers, and those that we write.

export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const FLAG = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 0x20 } as const;

/** RFC 9113 section 7. */
export const ERROR = {
  none: 0,
  protocol: 1,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  cancel: 8,
  compression: 9,
  enhanceYourCalm: 11,
} as const;

export const SETTING = {
  headerTableBytes: 1,
  enablePush: 2,
  streamsMax: 3,
  initialWindowBytes: 4,
  frameBytesMax: 5,
  headerListBytesMax: 6,
} as const;

export const FRAME_HEAD_BYTES = 9;
/** Of a payload, as long as nobody has allowed more; we never do. */
export const FRAME_BYTES_MAX = 16 * 1024;
/** Of windows and of the numbers of streams. */
export const UINT31_MAX = 2 ** 31 - 1;

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const SETTING_BYTES = 6;

export function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(streamId, 5);
  bytes.set(payload, FRAME_HEAD_BYTES);
  return bytes;
}

/** What a client says before its first request (RFC 9113 section 3.4). */
export function clientPreface(settings: readonly (readonly [number, number])[]): Buffer {
  const payload = Buffer.alloc(settings.length * SETTING_BYTES);
  for (const [at, [name, value]] of settings.entries()) {
    payload.writeUInt16BE(name, at * SETTING_BYTES);
    payload.writeUInt32BE(value, at * SETTING_BYTES + 2);
  }
  return Buffer.concat([PREFACE, frame(FRAME.settings, 0, 0, payload)]);
}

/** A header block in as many frames as it takes. */
export function headerFrames(
  streamId: number,
  block: Buffer,
  endStream: boolean,
  bytesMax: number,
): Buffer[] {
  const frames: Buffer[] = [];
  let at = 0;
  do {
    const piece = block.subarray(at, at + bytesMax);
    at += piece.length;
    const ends = at >= block.length ? FLAG.endHeaders : 0;
    const first = frames.length === 0;
    const flags = ends | (first && endStream ? FLAG.endStream : 0);
    frames.push(frame(first ? FRAME.headers : FRAME.continuation, flags, streamId, piece));
  } while (at < block.length);
  return frames;
}

export function resetFrame(streamId: number, code: number): Buffer {
  return frame(FRAME.reset, 0, streamId, uint32(code));
}

export function goawayFrame(code: number): Buffer {
  return frame(FRAME.goaway, 0, 0, Buffer.concat([uint32(0), uint32(code)]));
}

export function windowUpdateFrame(streamId: number, bytes: number): Buffer {
  return frame(FRAME.windowUpdate, 0, streamId, uint32(bytes));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
