// The resolver that this machine is set to use, in the shapes in which Node writes it.

import { isIP } from 'node:net';

const DNS_PORT = 53;

/** The first of `1.2.3.4`, `1.2.3.4:5353`, `::1`, `[::1]:5353` that can be read. */
export function firstServer(
  servers: readonly string[],
): { host: string; port: number } | undefined {
  for (const text of servers) {
    if (isIP(text) !== 0) return { host: text, port: DNS_PORT };
    const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
    const host = bracketed ?? plain ?? '';
    if (isIP(host) !== 0) return { host, port: Number(port) };
  }
  return undefined;
}
