// `--coordination`, `--events` and `--results`: which engines a server stands on, in one word each.
// Credentials stand in them, so nothing of them is shown but what `shownAs` says.

import { HoldfastError } from '@holdfast/kernel';

export type CoordinationAddress =
  | { engine: 'embedded'; shownAs: string }
  | {
      engine: 'etcd';
      /** `http://host:port` or `https://host:port`. */
      endpoints: string[];
      user?: string;
      password?: string;
      /** Paths of PEM files. */
      ca?: string;
      certificate?: string;
      key?: string;
      /** Connections per process; default 1. */
      connections?: number;
      shownAs: string;
    };

export type EventsAddress =
  | { engine: 'memory'; shownAs: string }
  | { engine: 'redis'; url: string; shownAs: string };

/** `path` absent: in the data folder. */
export type ResultsAddress =
  | { engine: 'sqlite'; path?: string; shownAs: string }
  | { engine: 'postgres'; url: string; shownAs: string };

const CONNECTIONS_MAX = 64;

/** `embedded`, `etcd://[user:password@]host:2379,etcd://host:2379`, `etcds://host:2379?ca=FILE&cert=FILE&key=FILE`. Throws HoldfastError USAGE. */
export function parseCoordination(text: string): CoordinationAddress {
  if (text === 'embedded') return { engine: 'embedded', shownAs: 'embedded' };
  const urls = text.split(',').map((one) => etcdAddress(one.trim()));
  const [first] = urls;
  if (first === undefined) throw badCoordination(text);
  if (urls.some((one) => one.protocol !== first.protocol)) {
    throw usage('--coordination mixes etcd:// and etcds://', 'Name all endpoints in one way.');
  }
  const scheme = first.protocol === 'etcds:' ? 'https' : 'http';
  const query = urls.at(-1)?.searchParams ?? first.searchParams;
  const { user, password } = credentials(urls.find((one) => one.username !== '') ?? first);
  const optional = {
    user,
    password,
    ca: query.get('ca') ?? undefined,
    certificate: query.get('cert') ?? undefined,
    key: query.get('key') ?? undefined,
    connections: connectionsOf(query.get('connections')),
  };
  const given = Object.entries(optional).filter(([, value]) => value !== undefined);
  return {
    engine: 'etcd',
    endpoints: urls.map(({ host }) => `${scheme}://${host}`),
    shownAs: urls.map(({ protocol, host }) => `${protocol}//${host}`).join(','),
    ...Object.fromEntries(given),
  };
}

/** `memory`, `redis://[user:password@]host:6379[/db]`, `rediss://…`. Throws HoldfastError USAGE. */
export function parseEvents(text: string): EventsAddress {
  if (text === 'memory') return { engine: 'memory', shownAs: 'memory' };
  const url = URL.parse(text);
  if (url?.protocol === 'redis:' || url?.protocol === 'rediss:')
    return { engine: 'redis', url: text, shownAs: withoutCredentials(url) };
  throw usage(
    '--events is neither memory nor a redis:// address',
    'Write --events redis://127.0.0.1:6379, or leave it out for events within one process.',
  );
}

/** `sqlite`, `sqlite:PATH`, `postgres://…`, `postgresql://…`. Throws HoldfastError USAGE. */
export function parseResults(text: string): ResultsAddress {
  if (text === 'sqlite') return { engine: 'sqlite', shownAs: 'sqlite' };
  if (text.startsWith('sqlite:') && text.length > 'sqlite:'.length)
    return { engine: 'sqlite', path: text.slice('sqlite:'.length), shownAs: text };
  const url = URL.parse(text);
  if (url?.protocol === 'postgres:' || url?.protocol === 'postgresql:')
    return { engine: 'postgres', url: text, shownAs: withoutCredentials(url) };
  throw usage(
    '--results is neither sqlite:PATH nor a postgres:// address',
    'Write --results postgres://user@host:5432/holdfast, or leave it out for SQLite in the data folder.',
  );
}

function etcdAddress(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'etcd:' && url.protocol !== 'etcds:') || url.host === '')
    throw badCoordination(text);
  if (url.port === '') url.port = '2379';
  return url;
}

function credentials(url: URL): { user?: string | undefined; password?: string | undefined } {
  if (url.username === '') return {};
  return {
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

function connectionsOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const connections = Number(text);
  if (Number.isInteger(connections) && connections >= 1 && connections <= CONNECTIONS_MAX)
    return connections;
  throw usage(
    `connections=${text} is no number of connections`,
    `Write a whole number from 1 to ${CONNECTIONS_MAX}.`,
  );
}

function withoutCredentials(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`;
}

/** Never with the text itself: a password may stand in it. */
function badCoordination(text: string): HoldfastError {
  const scheme = /^[a-z0-9+.-]{1,20}:/i.exec(text)?.[0];
  return usage(
    `--coordination is neither embedded nor a list of etcd:// addresses${scheme === undefined ? '' : `, but begins with ${scheme}`}`,
    'Write --coordination etcd://a:2379,etcd://b:2379,etcd://c:2379, or leave it out for the embedded one.',
  );
}

function usage(what: string, cure: string): HoldfastError {
  return new HoldfastError('USAGE', what, cure);
}
