// Rules across the access entries of all namespaces, and what they compile to. A hash that stands in
// two places would make its token mean two things.

import type { CompiledAccess } from '../access.ts';
import type { NamespaceEntry } from './file-contents.ts';
import type { At, ProblemList } from './problem-list.ts';

export function proveAccess(namespaces: readonly NamespaceEntry[], list: ProblemList): void {
  const hashes = new Map<string, At>();
  for (const { access, accessAt } of namespaces) {
    const names = new Map<string, At>();
    for (const [index, { name, role, sha256, locations }] of access.entries()) {
      const at = (field: string): At => ({
        root: accessAt.root,
        path: [...accessAt.path, index, field],
      });
      once(names, name, at('name'), 'is the name of a second entry of this namespace', list);
      once(hashes, sha256, at('sha256'), 'is the hash of a second entry', list);
      if (locations !== undefined && role !== undefined && role !== 'agent') {
        const message = `is for agents, this one is ${role}`;
        list.key(at('locations'), { message, hint: 'remove it, or write role: agent' });
      }
    }
  }
}

function once(
  taken: Map<string, At>,
  value: string | undefined,
  at: At,
  message: string,
  list: ProblemList,
): void {
  if (value === undefined) return;
  const first = taken.get(value);
  if (first === undefined) taken.set(value, at);
  else {
    const where = list.placeText(first);
    list.value(at, { message: `${message}, the first is at ${where}`, hint: 'write another' });
  }
}

/** For entries in which nothing was found wrong. */
export function compiledAccess(namespaces: readonly NamespaceEntry[]): CompiledAccess[] {
  return namespaces.flatMap(({ name: namespace = '', access }) =>
    access.map(({ name = '', role = 'reader', sha256 = '', locations }) => ({
      namespace,
      name,
      role,
      sha256,
      ...(locations === undefined ? {} : { locations: [...locations] }),
    })),
  );
}
