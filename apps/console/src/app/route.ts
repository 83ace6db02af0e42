// Which page a URL names, and the URL of each page. Pure, so that links can be made and tested
// without a browser; an address that names nothing is a page of its own, never an error.

export type Route =
  | { page: 'overview' }
  | { page: 'checks' }
  | { page: 'check'; namespace: string; name: string }
  | { page: 'editor' }
  | { page: 'alerts' }
  | { page: 'fleet' }
  | { page: 'missing' };

export const OVERVIEW_PATH = '/';
export const CHECKS_PATH = '/checks';
export const EDITOR_PATH = '/checks/new';
export const ALERTS_PATH = '/alerts';
export const FLEET_PATH = '/fleet';

export function matchRoute(pathname: string): Route {
  const parts = pathname.split('/').filter((part) => part !== '');
  if (parts.length === 0) return { page: 'overview' };
  if (parts.length === 1 && parts[0] === 'checks') return { page: 'checks' };
  if (parts.length === 1 && parts[0] === 'alerts') return { page: 'alerts' };
  if (parts.length === 1 && parts[0] === 'fleet') return { page: 'fleet' };
  if (pathname.replace(/\/+$/, '') === EDITOR_PATH) return { page: 'editor' };
  const [section, namespace, name] = parts.map(decode);
  if (parts.length === 3 && section === 'checks' && namespace && name) {
    return { page: 'check', namespace, name };
  }
  return { page: 'missing' };
}

export function checkPath(namespace: string, name: string): string {
  return `${CHECKS_PATH}/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
}

/** A search text with some parameters changed; `undefined` and `''` remove one. */
export function withSearch(
  search: string,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const parameters = new URLSearchParams(search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined || value === '') parameters.delete(key);
    else parameters.set(key, value);
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** A part that is not valid percent encoding is taken as it stands. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
