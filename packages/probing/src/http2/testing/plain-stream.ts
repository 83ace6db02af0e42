// A connection to a port of loopback as a session gets it, made without a runner.

import { once } from 'node:events';
import { connect } from 'node:net';
import type { ByteStream } from '../../byte-stream.ts';

export async function plainStream(port: number): Promise<ByteStream> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  const stream: ByteStream = { socket, receive: () => {} };
  await once(socket, 'connect');
  socket.on('data', (bytes: Buffer) => stream.receive(bytes));
  return stream;
}
