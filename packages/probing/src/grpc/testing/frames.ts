// HTTP/2 servers for tests that write each frame themselves, right or wrong, and keep the frames that
// they read: what node:http2 would never send can be sent, and what really came can be seen.

import type { Socket } from 'node:net';
import { type RawServer, rawServer } from '../../testing/raw-server.ts';

export interface Frame {
  type: number;
  flags: number;
  streamId: number;
  payload: Buffer;
}

export const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, goaway: 7 } as const;
export const END_STREAM = 1;
export const END_HEADERS = 4;

const PREFACE_BYTES = 24;
const FRAME_HEAD_BYTES = 9;

export function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

export function headers(streamId: number, fields: Record<string, string>, flags = 0): Buffer {
  const encoded = Object.entries(fields).map(([name, value]) => {
    // Literal without indexing, nothing compressed (RFC 7541 section 6.2.2); lengths below 127.
    return Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), shortText(value)]);
  });
  return frame(FRAME.headers, END_HEADERS | flags, streamId, Buffer.concat(encoded));
}

export function reset(streamId: number, code: number): Buffer {
  return frame(FRAME.reset, 0, streamId, uint32(code));
}

export function goaway(lastStreamId: number, code: number, said = ''): Buffer {
  const payload = Buffer.concat([uint32(lastStreamId), uint32(code), Buffer.from(said)]);
  return frame(FRAME.goaway, 0, 0, payload);
}

export interface FrameServer extends RawServer {
  readonly frames: Frame[];
}

/** Says SETTINGS, and what `reply` does once the first request's data has come, on stream 1. */
export async function frameServer(reply: (socket: Socket) => void): Promise<FrameServer> {
  const frames: Frame[] = [];
  const server = await rawServer((socket) => {
    let pending: Buffer = Buffer.alloc(0);
    let skipped = PREFACE_BYTES;
    let replied = false;
    socket.write(frame(FRAME.settings, 0, 0, Buffer.alloc(0)));
    socket.on('data', (bytes: Buffer) => {
      pending = Buffer.concat([pending, bytes]);
      if (pending.length < skipped) return;
      pending = takeFrames(pending.subarray(skipped), frames);
      skipped = 0;
      const asked = frames.some(({ type }) => type === FRAME.data);
      if (!asked || replied) return;
      replied = true;
      reply(socket);
    });
  });
  return Object.assign(server, { frames });
}

function takeFrames(bytes: Buffer, frames: Frame[]): Buffer {
  let at = 0;
  while (bytes.length - at >= FRAME_HEAD_BYTES) {
    const end = at + FRAME_HEAD_BYTES + bytes.readUIntBE(at, 3);
    if (end > bytes.length) break;
    frames.push({
      type: bytes.readUInt8(at + 3),
      flags: bytes.readUInt8(at + 4),
      streamId: bytes.readUInt32BE(at + 5),
      payload: bytes.subarray(at + FRAME_HEAD_BYTES, end),
    });
    at = end;
  }
  return bytes.subarray(at);
}

function shortText(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
