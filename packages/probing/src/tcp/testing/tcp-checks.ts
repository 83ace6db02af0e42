// TCP checks with more than a connection, and runs of them against servers of raw sockets.

import type { Socket } from 'node:net';
import type { CompiledCheck, TcpSpec } from '@holdfast/resources/compiled-check';
import type { ProbeRunnerOptions } from '../../probe-runner.ts';
import { probeOnce, tcpCheck } from '../../testing/checks.ts';
import { type Behaviour, type RawServerOptions, rawServer } from '../../testing/raw-server.ts';

export type TcpWish = Partial<Omit<TcpSpec, 'kind' | 'host' | 'port'>> & { timeoutMs?: number };

export function checkOf(port: number, { timeoutMs = 10_000, ...wish }: TcpWish): CompiledCheck {
  const check = tcpCheck('127.0.0.1', port, timeoutMs);
  return { ...check, spec: { ...(check.spec as TcpSpec), ...wish } };
}

export async function probe(
  behave: Behaviour,
  wish: TcpWish,
  options: Partial<ProbeRunnerOptions> = {},
  server: RawServerOptions = {},
) {
  const listening = await rawServer(behave, server);
  try {
    return await probeOnce(checkOf(listening.port, wish), options);
  } finally {
    await listening.close();
  }
}

/** Answers each whole line by what the function makes of it. */
export function lines(answer: (line: string, socket: Socket) => string | undefined): Behaviour {
  return (socket) => {
    let heard = '';
    socket.on('data', (bytes: Buffer) => {
      heard += bytes.toString();
      for (let end = heard.indexOf('\n'); end >= 0; end = heard.indexOf('\n')) {
        const said = answer(heard.slice(0, end).replace(/\r$/, ''), socket);
        heard = heard.slice(end + 1);
        if (said !== undefined) socket.write(said);
      }
    });
  };
}

export const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

export const names = (phases: { name: string }[]) => phases.map(({ name }) => name).join(' ');
