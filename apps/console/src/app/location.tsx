// The router: the URL is the state. Pages read it, links and handlers change it, the browser's back
// and forward do as they always do. Route matching itself is pure (route.ts).

import type { AnchorHTMLAttributes, MouseEvent, ReactNode } from 'react';
import { withSearch } from './route.ts';
import { createStore, useStore } from './store.ts';

const store = createStore(read());
window.addEventListener('popstate', () => store.set(read()));

/** The present address; renders again when it changes. */
export function useLocation(): { pathname: string; search: string } {
  const href = useStore(store);
  const at = href.indexOf('?');
  return at < 0
    ? { pathname: href, search: '' }
    : { pathname: href.slice(0, at), search: href.slice(at) };
}

/** `replace` for what is not worth a step back, such as each letter of a search. */
export function navigate(to: string, replace = false): void {
  const leavesPage = to.split('?')[0] !== window.location.pathname;
  if (replace) window.history.replaceState(null, '', to);
  else window.history.pushState(null, '', to);
  store.set(read());
  if (leavesPage) window.scrollTo(0, 0);
}

/** Changes some search parameters of the present page. */
export function setSearch(
  changes: Readonly<Record<string, string | undefined>>,
  replace = false,
): void {
  const { pathname, search } = window.location;
  const changed = withSearch(search, changes);
  if (changed !== search) navigate(pathname + changed, replace);
}

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  to: string;
  children?: ReactNode;
}

/** An ordinary link that does not load the page anew; new tabs and windows stay the browser's. */
export function Link({ to, onClick, ...rest }: LinkProps): ReactNode {
  return (
    <a
      {...rest}
      href={to}
      onClick={(event) => {
        onClick?.(event);
        if (!isPlainClick(event)) return;
        event.preventDefault();
        navigate(to);
      }}
    />
  );
}

function isPlainClick(event: MouseEvent): boolean {
  const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return event.button === 0 && !modified && !event.defaultPrevented;
}

function read(): string {
  return window.location.pathname + window.location.search;
}
