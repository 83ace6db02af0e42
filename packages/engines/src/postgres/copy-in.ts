// COPY … FROM STDIN over pg's own connection, whose client has no such call: a thing that pg submits like
// a query and that answers the server's readiness with all bytes at once. The bytes are held by the
// caller anyway, so that nothing is gained by sending them in pieces.

import type { Client, Connection, Submittable } from 'pg';

/** Message type and length of CopyDone (PostgreSQL documentation, "Message Formats"). */
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4]);
const COPY_DATA = 0x64;

/** Sends a whole COPY in one go; rejects with what the server said against it. */
export function copyIn(client: Client, sql: string, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyIn(sql, bytes, (error) => (error ? reject(error) : resolve())));
  });
}

/** pg calls its members by their names; it replaces `callback` by one that stops its own timer too. */
class CopyIn implements Submittable {
  callback: (error?: Error | null) => void;
  readonly #sql: string;
  readonly #bytes: Uint8Array;

  constructor(sql: string, bytes: Uint8Array, callback: (error?: Error | null) => void) {
    this.#sql = sql;
    this.#bytes = bytes;
    this.callback = callback;
  }

  submit(connection: Connection): void {
    connection.query(this.#sql);
  }

  handleCopyInResponse({ stream }: Connection): void {
    const header = Buffer.alloc(5);
    header.writeUInt8(COPY_DATA, 0);
    header.writeUInt32BE(this.#bytes.length + 4, 1);
    stream.cork();
    stream.write(header);
    stream.write(this.#bytes);
    stream.write(COPY_DONE);
    stream.uncork();
  }

  handleCommandComplete(): void {}

  handleError(error: Error): void {
    this.callback(error);
    this.callback = () => {};
  }

  handleReadyForQuery(): void {
    this.callback();
  }
}
