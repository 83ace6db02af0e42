// A connection as those need it who speak over it, plain or secured.

import type { Socket } from 'node:net';

export interface ByteStream {
  /** Owned by who got the stream: it must be destroyed. */
  readonly socket: Socket;
  /**
   * Gets each piece that is read; bytes are only valid during the call. To be set in the turn of the
   * loop in which the stream came, or bytes are lost.
   */
  receive: (bytes: Buffer) => void;
}
