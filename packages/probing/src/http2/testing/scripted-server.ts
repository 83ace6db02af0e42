// HTTP/2 servers that do exactly what a test says, byte by byte, at each request, and keep what they
// read: nothing of another implementation is in between.

import type { Socket } from 'node:net';
import { type RawServer, rawServer } from '../../testing/raw-server.ts';
import { FRAME, frame } from '../frame.ts';
import { type FrameHead, FrameReader } from '../frame-reader.ts';

export interface ReadFrame extends FrameHead {
  payload: Buffer;
}

/** Called when a request's head has come. */
export type Script = (socket: Socket, streamId: number, frames: ReadFrame[]) => void;

export interface ScriptedServer extends RawServer {
  /** Of all connections. */
  readonly frames: ReadFrame[];
}

const PREFACE_BYTES = 24;

export async function scriptedServer(
  script: Script,
  settings: Buffer = Buffer.alloc(0),
): Promise<ScriptedServer> {
  const frames: ReadFrame[] = [];
  const server = await rawServer((socket) => {
    socket.write(frame(FRAME.settings, 0, 0, settings));
    let skipped = 0;
    const reader = new FrameReader((head, payload) => {
      frames.push({ ...head, payload: Buffer.from(payload) });
      if (head.type === FRAME.headers) script(socket, head.streamId, frames);
      return undefined;
    });
    socket.on('data', (bytes: Buffer) => {
      const rest = bytes.subarray(Math.min(bytes.length, PREFACE_BYTES - skipped));
      skipped += bytes.length - rest.length;
      reader.feed(rest);
    });
  });
  return Object.assign(server, { frames });
}
