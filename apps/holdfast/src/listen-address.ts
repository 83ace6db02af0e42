// `--listen`: host and port in one word, and whether that address is this machine's alone.

import { HoldfastError } from '@holdfast/kernel';
import { isLoopbackName } from './server/http/guard.ts';

export interface ListenAddress {
  host: string;
  port: number;
  loopback: boolean;
}

const PORT_MAX = 65_535;

/** `127.0.0.1:7070`, `[::1]:7070`, `:7070` (loopback), `7070`. Throws HoldfastError USAGE. */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:(?<host>\[[0-9a-fA-F:.]+\]|[^:[\]]*):)?(?<port>\d{1,5})$/.exec(text.trim());
  const port = Number(match?.groups?.port);
  if (match === null || port > PORT_MAX) {
    const cure = 'Write HOST:PORT, such as 127.0.0.1:7070 or [::1]:7070.';
    throw new HoldfastError('USAGE', `${JSON.stringify(text)} is no address to listen on`, cure);
  }
  const host = (match.groups?.host ?? '').replace(/^\[|\]$/g, '') || '127.0.0.1';
  return { host, port, loopback: isLoopbackName(host.toLowerCase()) };
}
