// The target of a check as the server and people see it.

import { isIPv6 } from 'node:net';
import type { GrpcSpec } from '@holdfast/resources/compiled-check';

/** `host:port`, with brackets around an IPv6 address. */
export function authorityOf({ host, port }: Pick<GrpcSpec, 'host' | 'port'>): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
