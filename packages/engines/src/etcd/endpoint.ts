// One address at which etcd serves clients, as people write it, checked before anything is dialled.

import { HoldfastError } from '@holdfast/kernel';

export interface Endpoint {
  /** `http://host:port` or `https://host:port`. */
  url: string;
  /** As a connection takes it: an IPv6 address without brackets. */
  host: string;
  port: number;
  secure: boolean;
}

const DEFAULT_PORT = 2379;
const ENDPOINTS_MAX = 64;

/** Throws HoldfastError USAGE. */
export function parseEndpoints(texts: readonly string[]): Endpoint[] {
  if (texts.length === 0 || texts.length > ENDPOINTS_MAX)
    throw new HoldfastError(
      'USAGE',
      `${texts.length} etcd endpoints were named.`,
      `Name 1 to ${ENDPOINTS_MAX} endpoints, such as http://etcd-1:2379.`,
    );
  return texts.map(parseEndpoint);
}

function parseEndpoint(text: string): Endpoint {
  const url = URL.parse(text);
  const plain =
    url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && !url.username;
  if (!plain || url.hostname === '' || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new HoldfastError(
      'USAGE',
      'An etcd endpoint is not of the form http://host:port or https://host:port.',
      'Name each endpoint like http://etcd-1:2379; user and password are named beside it.',
    );
  const secure = url.protocol === 'https:';
  // The URL leaves out the usual port of its scheme, which somebody may have meant.
  const usual = /:\d+\/?$/.test(text) ? (secure ? 443 : 80) : DEFAULT_PORT;
  const port = url.port === '' ? usual : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { url: `${url.protocol}//${url.hostname}:${port}`, host, port, secure };
}
