// What a token may do with keys, as a small set of rules: a folder of keys (of one segment's worth of
// choice, because the kind of a resource comes before its namespace) or a single key. What lies
// outside is refused and said so, never quietly left out; secrets of the house are told to nobody.

import { KEYS } from '../coordination/keys.ts';

export interface Scope {
  /** Who it is: leases are bound to it, and watches are counted by it. */
  readonly holder: string;
  readonly reads: readonly KeyRule[];
  readonly writes: readonly KeyRule[];
  /** `own`: only leases that were granted to the same holder, as their proof shows. */
  readonly leases: 'own' | 'any';
  /** What the engine's members are called, where they stand and what ails them is for the house itself. */
  readonly members: boolean;
}

/** Texts that follow one another; `undefined` stands for one segment without a slash, of any name but those excluded. */
export interface KeyRule {
  readonly before: string;
  readonly segment?: { except: readonly string[] };
  readonly after: string;
  /** One key, or all that begin so. */
  readonly one: boolean;
}

/** How much of a prefix a scope may read: all that begins with it, or only the key that is named so. */
export type Reach = 'all' | 'key' | 'none';

/** Kinds that hold tokens' hashes and the limits of their own namespace; told and changed by the API of resources only. */
const GUARDED_KINDS = ['Namespace', 'Settings'];
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/;

/** Everything but the house's secrets: for servers' own kin, such as an administrator. */
export const everythingScope: Scope = {
  holder: 'everything',
  reads: [folder(KEYS.root)],
  writes: [folder(KEYS.root)],
  leases: 'any',
  members: true,
};

/**
 * Reads the resources, the registry, the configuration and the locks of a namespace. `writes` lets it
 * change all of these but resources, which only the API of resources writes, because it validates.
 * Throws a RangeError for what is no name.
 */
export function namespaceScope(namespace: string, { writes }: { writes: boolean }): Scope {
  const own = checkedName(namespace);
  const changeable = [
    folder(`${KEYS.root}registry/${own}/`),
    folder(KEYS.configurations(own)),
    folder(`${KEYS.root}locks/${own}/`),
  ];
  const resources: KeyRule = {
    before: KEYS.resources,
    segment: { except: GUARDED_KINDS },
    after: `/${own}/`,
    one: false,
  };
  return {
    holder: `namespace/${own}`,
    reads: [resources, ...changeable],
    writes: writes ? changeable : [],
    leases: 'own',
    members: false,
  };
}

/** An agent keeps its own record and what it has applied, and reads what is assigned to it. Throws a RangeError for what is no name. */
export function agentScope(location: string, id: string): Scope {
  const own = [
    one(KEYS.agent(checkedName(location), checkedName(id))),
    one(KEYS.appliedBy(checkedName(id))),
  ];
  return {
    holder: `agent/${location}/${id}`,
    reads: [...own, one(KEYS.assignment(id))],
    writes: own,
    leases: 'own',
    members: false,
  };
}

export function mayRead(scope: Scope, key: string): boolean {
  return !isSecret(key) && scope.reads.some((rule) => holds(rule, key));
}

export function mayWrite(scope: Scope, key: string): boolean {
  return !isSecret(key) && scope.writes.some((rule) => holds(rule, key));
}

/** A prefix that is also the name of a single readable key reaches that key alone: its neighbours `name2` are others' business. */
export function reachOf(scope: Scope, prefix: string): Reach {
  if (isSecret(prefix) || KEYS.secret('').startsWith(prefix)) return 'none';
  const rules = scope.reads.filter((rule) => holds(rule, prefix));
  if (rules.some((rule) => !rule.one)) return 'all';
  return rules.length > 0 ? 'key' : 'none';
}

function isSecret(key: string): boolean {
  return key.startsWith(KEYS.secret(''));
}

/** Of a folder: whether everything that begins with `text` lies in it; so it serves keys and prefixes alike. */
function holds(rule: KeyRule, text: string): boolean {
  if (!text.startsWith(rule.before)) return false;
  const rest = rule.segment
    ? afterSegment(text.slice(rule.before.length), rule.segment.except)
    : text.slice(rule.before.length);
  if (rest === undefined) return false;
  return rule.one ? rest === rule.after : rest.startsWith(rule.after);
}

/** From the slash on that ends the segment. */
function afterSegment(text: string, except: readonly string[]): string | undefined {
  const end = text.indexOf('/');
  return end < 1 || except.includes(text.slice(0, end)) ? undefined : text.slice(end);
}

function folder(prefix: string): KeyRule {
  return { before: prefix, after: '', one: false };
}

function one(key: string): KeyRule {
  return { before: key, after: '', one: true };
}

function checkedName(name: string): string {
  if (!NAME.test(name)) throw new RangeError(`${JSON.stringify(name)} is no name to scope by`);
  return name;
}
