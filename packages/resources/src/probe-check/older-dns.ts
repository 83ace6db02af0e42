// The older way to write what a dns check asks, in parts: `query`, `server`, `port`. They are joined
// into today's target and server. `query` beside a target means that the target is who is asked, for
// nothing else is left for it to be.

import { isIPv6 } from 'node:net';
import { DNS_PORT, readDnsAddress } from './dns-target.ts';
import { readHostAndPort, type TargetFault } from './host-and-port.ts';

export interface DnsParts {
  target: string;
  query?: string | undefined;
  server?: string | undefined;
  port?: number | undefined;
}

export type JoinedDns =
  | { ok: true; target: string; server?: string | undefined }
  | { ok: false; fault: TargetFault & { part: 'query' | 'port' } };

export function joinDns({ target, query, server, port }: DnsParts): JoinedDns {
  const asked = query === undefined ? target : withQuery(target, query, server);
  if (asked === undefined) {
    const message = 'is another name than the one in target';
    return refused('query', message, 'keep one of the two');
  }
  if (port === undefined) return { ok: true, target: asked, server };
  const [, inTarget, rest = ''] = /^dns:\/\/([^/]+)(.*)$/is.exec(asked) ?? [];
  const who = inTarget ?? server;
  if (who === undefined)
    return refused('port', 'is the port of a server, and none is given', 'write server: 1.1.1.1');
  const withPort = who.includes('://') ? undefined : joinedPort(who, port);
  if (withPort === undefined)
    return refused('port', 'is another port than the server has', 'keep one of the two');
  return inTarget === undefined
    ? { ok: true, target: asked, server: withPort }
    : { ok: true, target: `dns://${withPort}${rest}`, server };
}

/** Undefined where both name something to look up, and not the same. */
function withQuery(target: string, query: string, server: string | undefined): string | undefined {
  if (target === query) return target;
  const [scheme] = /^dns:\/\//i.exec(target) ?? [];
  if (scheme === undefined)
    return server === undefined ? `dns://${bracketed(target)}/${query}` : undefined;
  const rest = target.slice(scheme.length).replace(/\/$/, '');
  if (!rest.includes('/')) return `dns://${rest}/${query}`;
  const reading = readDnsAddress(rest);
  return reading.ok && reading.name !== query ? undefined : target;
}

function joinedPort(server: string, port: number): string | undefined {
  const reading = readHostAndPort(server, '', DNS_PORT);
  if (reading.ok && reading.portWritten) return reading.port === port ? server : undefined;
  return `${bracketed(server)}:${port}`;
}

function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

function refused(part: 'query' | 'port', message: string, hint: string): JoinedDns {
  return { ok: false, fault: { part, message, hint } };
}
