// A server that talks in plain by a script of the test's own and then, where it says so, goes on in
// TLS on the same connection.

import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { type RawServer, rawServer } from '../../testing/raw-server.ts';

export interface PlainTalk {
  greeting?: string;
  /** Gets what a client sent, as latin1; `tls` = answer this and go on in TLS. */
  answer(said: string): string | { tls: string } | undefined;
  /** What it does once TLS is wanted; default nothing. */
  secured?(socket: Socket): void;
}

export interface StartTlsServer extends RawServer {
  /** What clients sent in plain. */
  readonly said: string[];
}

export async function startTlsServer(
  talk: PlainTalk,
  certificate: { cert: string; key: string },
): Promise<StartTlsServer> {
  const secureContext = createSecureContext(certificate);
  const said: string[] = [];
  const server = await rawServer((socket) => {
    if (talk.greeting !== undefined) socket.write(talk.greeting, 'latin1');
    const onData = (bytes: Buffer) => {
      said.push(bytes.toString('latin1'));
      const answer = talk.answer(bytes.toString('latin1'));
      if (typeof answer === 'string') socket.write(answer, 'latin1');
      if (typeof answer !== 'object') return;
      socket.off('data', onData);
      socket.write(answer.tls, 'latin1');
      goOnInTls(socket, secureContext, talk);
    };
    socket.on('data', onData);
  });
  return { ...server, said };
}

function goOnInTls(
  socket: Socket,
  secureContext: ReturnType<typeof createSecureContext>,
  talk: PlainTalk,
): void {
  const secured = new TLSSocket(socket, { isServer: true, secureContext });
  secured.on('error', () => {});
  talk.secured?.(secured);
}
