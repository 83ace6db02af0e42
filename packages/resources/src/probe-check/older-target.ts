// The older way to write a target in parts: `target: example.com`, `port: 8080`, `path: /health`.
// The parts are joined into the one address that everything else reads.

import { isIPv6 } from 'node:net';
import type { Kind, TargetFault } from './target.ts';

export interface TargetParts {
  target: string;
  type?: Kind | undefined;
  port?: number | undefined;
  path?: string | undefined;
}

/** A part that does not go with the others. */
interface PartFault extends TargetFault {
  part: 'port' | 'path';
}

export type JoinedTarget = { ok: true; target: string } | { ok: false; fault: PartFault };

const AUTHORITY = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)?([^/?#]*)(.*)$/s;

export function joinTarget(parts: TargetParts): JoinedTarget {
  const { type, port, path } = parts;
  if (type === 'icmp' && port !== undefined)
    return refused('port', 'is given, but icmp has no ports', 'remove it');
  const [, scheme = '', authority = '', rest = ''] = AUTHORITY.exec(parts.target) ?? [];
  const web = scheme === '' ? type === 'http' : /^https?:/i.test(scheme);
  const front = scheme === '' && web ? 'http://' : scheme;
  const host = isIPv6(authority) ? `[${authority}]` : authority;
  const written = isIPv6(authority) ? undefined : /:(\d+)$/.exec(authority)?.[1];
  if (port !== undefined && written !== undefined && Number(written) !== port) {
    return refused(
      'port',
      `says ${port}, but the target already has port ${written}`,
      'keep one of the two',
    );
  }
  const address =
    port === undefined || written !== undefined ? `${front}${host}` : `${front}${host}:${port}`;
  if (path === undefined) return { ok: true, target: `${address}${rest}` };
  if (!web)
    return refused('path', 'belongs to http and grpc checks', 'remove it, or write type: http');
  if (rest !== '' && rest !== '/') {
    return refused(
      'path',
      'cannot be added: the target already has a path',
      'write it in one of the two',
    );
  }
  return { ok: true, target: `${address}${path.startsWith('/') ? path : `/${path}`}` };
}

function refused(part: 'port' | 'path', message: string, hint: string): JoinedTarget {
  return { ok: false, fault: { part, message, hint } };
}
