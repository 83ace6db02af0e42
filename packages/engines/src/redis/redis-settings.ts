// Where Redis is and who we are there, read from one address. The address may hold a password, so it
// is never shown again: people see the endpoint.

import { usage } from '../events/checked-event.ts';

/** PEM texts, not paths. */
export interface RedisTls {
  ca?: string;
  certificate?: string;
  key?: string;
}

export interface RedisSettings {
  host: string;
  port: number;
  username?: string;
  password?: string;
  /** Number of the database. */
  db: number;
  tls?: { servername?: string; ca?: string; cert?: string; key?: string };
  /** For people, without credentials. */
  endpoint: string;
}

const PORT_DEFAULT = 6_379;
const DATABASE_MAX = 1_023;

/** `redis://[user:password@]host[:6379][/db]`, or `rediss://` for TLS. Throws USAGE. */
export function redisSettings(text: string, tls: RedisTls = {}): RedisSettings {
  const url = URL.parse(text);
  const secure = url?.protocol === 'rediss:';
  if (url === null || url.hostname === '' || !(secure || url.protocol === 'redis:'))
    throw usage('The address of Redis is none', 'Write redis://user:password@host:6379/0.');
  const db = url.pathname.replace('/', '');
  if (!/^\d{0,4}$/.test(db) || Number(db) > DATABASE_MAX)
    throw usage(
      `${JSON.stringify(db.slice(0, 20))} is no database of Redis`,
      'Write its number after the port, as in redis://host:6379/0, or leave it out.',
    );
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: url.port === '' ? PORT_DEFAULT : Number(url.port),
    db: Number(db),
    ...(url.username === '' ? {} : { username: decoded(url.username) }),
    ...(url.password === '' ? {} : { password: decoded(url.password) }),
    ...(secure ? { tls: tlsOf(host, tls) } : {}),
    endpoint: `${url.protocol}//${url.host}${db === '' ? '' : `/${db}`}`,
  };
}

function tlsOf(
  host: string,
  { ca, certificate, key }: RedisTls,
): NonNullable<RedisSettings['tls']> {
  const isName = !/^[\d.]+$|:/.test(host);
  return {
    // Addresses are no server names (RFC 6066 section 3).
    ...(isName ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw usage(
      'The user or password in the address of Redis is not well formed',
      'Write % as %25, and @ / : as %40 %2F %3A.',
    );
  }
}
