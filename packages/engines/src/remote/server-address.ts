// Where the servers stand and with what we come, checked before anything is sent: a mistake here must
// not become an error hours later, nor may a token be shown in one.

import { HoldfastError, type Logger } from '@holdfast/kernel';

const SERVERS_MAX = 32;
/** What a header can hold, without blanks (RFC 9110 §5.5). */
const TOKEN = /^[\x21-\x7e]{1,4096}$/;

/** With a slash at the end, so that a path below an address stays below it. Throws USAGE. */
export function serverUrls(
  servers: readonly string[],
  token: string | undefined,
  logger: Logger,
): URL[] {
  if (servers.length === 0 || servers.length > SERVERS_MAX)
    throw usage(`${servers.length} servers are named`, `Name 1 to ${SERVERS_MAX} servers.`);
  if (token !== undefined && !TOKEN.test(token))
    throw usage(
      'The token holds blanks or signs that no token has',
      'Give the token as it was made.',
    );
  const urls = servers.map(serverUrl);
  const open = urls.filter((url) => url.protocol === 'http:' && !isLoopback(url.hostname));
  if (token !== undefined && open.length > 0)
    logger.warn('token sent over plain HTTP, where others can read it; use https', {
      servers: open.map(({ origin }) => origin),
    });
  return urls;
}

function serverUrl(server: string): URL {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw usage('A server is named by what is no http or https address', ADDRESS_CURE);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw usage(`The address of ${url.host} holds more than a place`, ADDRESS_CURE);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

const ADDRESS_CURE = 'Write it as https://holdfast.example:7070, and hand the token on by itself.';

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

function usage(what: string, cure: string): HoldfastError {
  return new HoldfastError('USAGE', what, cure);
}
