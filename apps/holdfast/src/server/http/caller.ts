// Who asks, and what that caller may do: one pure table from roles to routes. A token of a namespace
// sees and changes that namespace alone; what is not named here only the operator may do.

import { createHash, timingSafeEqual } from 'node:crypto';

/** `admin`: the operator's own token, or anybody on loopback where none is set. */
export type Role = 'admin' | 'reader' | 'writer' | 'agent' | 'service';

export interface Caller {
  role: Role;
  /** For the history of what was done. */
  name: string;
  /** Absent: all of them. */
  namespace?: string;
  /** Agents: where they may stand; absent: anywhere. */
  locations?: readonly string[];
}

/** A token that resources grant; its text is known to its holder alone. */
export interface GrantedToken extends Caller {
  /** Of the token's text, lower-case hexadecimal. */
  sha256: string;
}

export const OPERATOR: Caller = { role: 'admin', name: 'operator' };

const READING = ['GET', 'HEAD'];

interface Rule {
  roles: readonly Role[];
  methods: readonly string[];
  /** Of the route as it is written, with its parameters. */
  route: RegExp;
}

/** `/metrics` is for the operator: it tells of every namespace at once. */
const RULES: readonly Rule[] = [
  {
    roles: ['reader', 'writer'],
    methods: READING,
    route: /^\/api\/v1\/(?!fleet|coordination|applied)/,
  },
  { roles: ['reader', 'writer'], methods: READING, route: /^\/(?!api\/|metrics)/ },
  { roles: ['reader', 'writer'], methods: ['POST'], route: /^\/api\/v1\/validate$/ },
  { roles: ['writer'], methods: ['POST'], route: /^\/api\/v1\/(runs|try|resources\/|checks\/)/ },
  {
    roles: ['agent'],
    methods: [...READING, 'POST'],
    route: /^\/api\/v1\/(fleet\/agents|coordination)\//,
  },
  { roles: ['service'], methods: ['POST'], route: /^\/api\/v1\/coordination\// },
];

/** `route` is the route's pattern; `namespace` the one that its path names, if any. */
export function mayCall(
  caller: Caller,
  { method, route, namespace }: { method: string; route: string; namespace?: string | undefined },
): boolean {
  if (caller.role === 'admin') return true;
  if (namespace !== undefined && !mayReach(caller, namespace)) return false;
  return RULES.some(
    (rule) =>
      rule.roles.includes(caller.role) && rule.methods.includes(method) && rule.route.test(route),
  );
}

/** What is told of a namespace is told to this caller. */
export function mayReach(caller: Caller, namespace: string): boolean {
  return caller.namespace === undefined || caller.namespace === namespace;
}

export function findToken(
  given: string,
  granted: readonly GrantedToken[],
): GrantedToken | undefined {
  const digest = createHash('sha256').update(given).digest();
  return granted.find(({ sha256 }) => {
    const wanted = Buffer.from(sha256, 'hex');
    return wanted.length === digest.length && timingSafeEqual(wanted, digest);
  });
}
