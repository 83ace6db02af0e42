// The cookies of one probe, so that a redirect after a login works (RFC 6265). It lives as long as
// the probe: expiry by date is left out, except that a cookie which is expired on arrival or has a
// Max-Age of zero or less is a deletion. Bounded in number and size.

import { isIP } from 'node:net';

const COOKIES_MAX = 50;
/** Of name and value together. */
const COOKIE_BYTES_MAX = 4096;

interface Cookie {
  name: string;
  value: string;
  domain: string;
  hostOnly: boolean;
  path: string;
  secure: boolean;
}

export class CookieJar {
  #cookies: Cookie[] = [];

  /** Takes one Set-Cookie value; what breaks the rules is dropped. `nowMs` is wall time. */
  store(field: string, url: URL, nowMs: number): void {
    const [pair = '', ...attributes] = field.split(';');
    const equals = pair.indexOf('=');
    if (equals < 1 || pair.length > COOKIE_BYTES_MAX) return;
    const cookie: Cookie = {
      name: pair.slice(0, equals).trim(),
      value: pair.slice(equals + 1).trim(),
      domain: url.hostname,
      hostOnly: true,
      path: defaultPath(url.pathname),
      secure: false,
    };
    const deleted = applyAttributes(cookie, attributes, nowMs);
    if (cookie.name === '' || !mayBeSet(cookie, url)) return;
    this.#cookies = this.#cookies.filter((other) => !isSame(other, cookie));
    if (!deleted && this.#cookies.length < COOKIES_MAX) this.#cookies.push(cookie);
  }

  /** The value of the Cookie header for this URL, longest path first; undefined when there is none. */
  header(url: URL): string | undefined {
    const sent = this.#cookies.filter((cookie) => isSentTo(cookie, url));
    if (sent.length === 0) return undefined;
    sent.sort((a, b) => b.path.length - a.path.length);
    return sent.map((cookie) => `${cookie.name}=${cookie.value}`).join('; ');
  }
}

/** Returns whether the cookie is a deletion. */
function applyAttributes(cookie: Cookie, attributes: readonly string[], nowMs: number): boolean {
  let maxAgeSeconds: number | undefined;
  let expiresMs: number | undefined;
  for (const attribute of attributes) {
    const equals = attribute.indexOf('=');
    const name = (equals < 0 ? attribute : attribute.slice(0, equals)).trim().toLowerCase();
    const value = equals < 0 ? '' : attribute.slice(equals + 1).trim();
    if (name === 'secure') cookie.secure = true;
    if (name === 'path') cookie.path = value.startsWith('/') ? value : cookie.path;
    if (name === 'max-age' && /^-?\d+$/.test(value)) maxAgeSeconds = Number(value);
    if (name === 'expires') expiresMs = Date.parse(value);
    if (name === 'domain' && value !== '') {
      cookie.domain = value.replace(/^\./, '').toLowerCase();
      cookie.hostOnly = false;
    }
  }
  // Max-Age wins over Expires; an unreadable date compares as not expired.
  return maxAgeSeconds !== undefined ? maxAgeSeconds <= 0 : (expiresMs ?? Infinity) <= nowMs;
}

/** A server sets cookies for itself or its parents, never for a whole top-level domain. No list of
 *  public suffixes is kept: within one probe a cookie for `co.uk` reaches only who was redirected to. */
function mayBeSet(cookie: Cookie, url: URL): boolean {
  if (cookie.secure && url.protocol !== 'https:') return false;
  if (cookie.hostOnly) return true;
  if (cookie.domain === url.hostname) return true;
  return cookie.domain.includes('.') && domainHolds(cookie.domain, url.hostname);
}

function isSentTo(cookie: Cookie, url: URL): boolean {
  if (cookie.secure && url.protocol !== 'https:') return false;
  if (!pathHolds(cookie.path, url.pathname)) return false;
  return (
    cookie.domain === url.hostname || (!cookie.hostOnly && domainHolds(cookie.domain, url.hostname))
  );
}

function isSame(a: Cookie, b: Cookie): boolean {
  return a.name === b.name && a.domain === b.domain && a.path === b.path;
}

function domainHolds(domain: string, host: string): boolean {
  return host.endsWith(`.${domain}`) && isIP(host) === 0;
}

/** RFC 6265 section 5.1.4. */
function pathHolds(path: string, asked: string): boolean {
  if (asked === path) return true;
  return asked.startsWith(path) && (path.endsWith('/') || asked[path.length] === '/');
}

function defaultPath(pathname: string): string {
  const lastSlash = pathname.lastIndexOf('/');
  return lastSlash <= 0 ? '/' : pathname.slice(0, lastSlash);
}
