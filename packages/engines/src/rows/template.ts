// What the runs of a check have in common, so that a row holds only what differs. A template is the
// JSON of one run; its nodes are numbered depth first, and a patch names nodes by number:
// [changed: [node, value, …], removed: [node, …], added: [object, key, value, …]], empty lists at the
// end left out. Applying shares every untouched part between rows, hence templates are frozen.

type Tree = Readonly<Record<string, unknown>>;

interface Node {
  parent: number;
  key: string;
  value: unknown;
  /** Of an object: the numbers of its members. */
  children: Map<string, number> | undefined;
}

interface Differences {
  beside: readonly string[];
  changed: unknown[];
  removed: number[];
  added: unknown[];
}

type Patch = [changed: unknown[], removed?: number[], added?: unknown[]];

export class Template {
  readonly tree: Tree;
  #nodes: Node[] | undefined;

  /** Freezes the tree, all the way down. It holds what JSON.parse gave. */
  constructor(tree: Tree) {
    this.tree = deepFreeze(tree);
  }

  /**
   * The patch that makes `tree` (as JSON sees it) of this template; '' when nothing differs. What it
   * has at the path `beside` is kept elsewhere and never part of a patch.
   */
  diff(tree: Tree, beside: readonly string[] = []): string {
    const changed: unknown[] = [];
    const removed: number[] = [];
    const added: unknown[] = [];
    this.#compare(0, tree, { beside, changed, removed, added });
    if (added.length > 0) return JSON.stringify([changed, removed, added]);
    if (removed.length > 0) return JSON.stringify([changed, removed]);
    return changed.length > 0 ? JSON.stringify([changed]) : '';
  }

  apply(text: string): Tree {
    if (text === '') return this.tree;
    const [changed, removed = [], added = []] = JSON.parse(text) as Patch;
    const copies = new Copies();
    for (let i = 0; i < changed.length; i += 2) {
      const node = this.#node(changed[i] as number);
      put(this.#copyOf(node.parent, copies), node.key, changed[i + 1]);
    }
    for (const index of removed) {
      const node = this.#node(index);
      delete this.#copyOf(node.parent, copies)[node.key];
    }
    for (let i = 0; i < added.length; i += 3)
      put(this.#copyOf(added[i] as number, copies), added[i + 1] as string, added[i + 2]);
    return this.#copyOf(0, copies);
  }

  #compare(index: number, value: unknown, found: Differences): void {
    const node = this.#node(index);
    const { children } = node;
    if (children === undefined || !isRecord(value)) {
      if (isSame(node.value, value) || this.#isAt(index, found.beside)) return;
      found.changed.push(index, value);
      return;
    }
    let met = 0;
    // A list of the keys of every object of every row would be most of the garbage of appending.
    for (const key in value) {
      if (!Object.hasOwn(value, key)) continue;
      const member = value[key];
      if (!isKept(member)) continue;
      const child = children.get(key);
      if (child === undefined) {
        found.added.push(index, key, member);
        continue;
      }
      met += 1;
      this.#compare(child, member, found);
    }
    if (met === children.size) return;
    for (const [key, child] of children)
      if (!Object.hasOwn(value, key) || !isKept(value[key])) found.removed.push(child);
  }

  #isAt(index: number, path: readonly string[]): boolean {
    let at = index;
    for (let depth = path.length - 1; depth >= 0; depth -= 1) {
      const node = this.#node(at);
      if (at === 0 || node.key !== path[depth]) return false;
      at = node.parent;
    }
    return at === 0 && path.length > 0;
  }

  /** A copy of an object of the tree, in copies of all that is above it. */
  #copyOf(index: number, copies: Copies): Record<string, unknown> {
    const known = copies.get(index);
    if (known !== undefined) return known;
    const node = this.#node(index);
    const copy = { ...(node.value as Tree) };
    copies.add(index, copy);
    if (index > 0) put(this.#copyOf(node.parent, copies), node.key, copy);
    return copy;
  }

  #node(index: number): Node {
    this.#nodes ??= numbered(this.tree);
    const node = this.#nodes[index];
    if (node === undefined) throw new RangeError(`A patch names node ${index}, which is not there`);
    return node;
  }
}

/** The path of every node of a tree, by its number: how a reader without this code applies a patch. */
export function pathsOf(tree: Tree): string[][] {
  const paths: string[][] = [];
  for (const { parent, key } of numbered(tree))
    paths.push(paths.length === 0 ? [] : [...(paths[parent] ?? []), key]);
  return paths;
}

/** By node. A patch touches a handful of objects, which are found sooner in a list than in a map. */
class Copies {
  readonly #indexes: number[] = [];
  readonly #copies: Record<string, unknown>[] = [];

  get(index: number): Record<string, unknown> | undefined {
    const place = this.#indexes.indexOf(index);
    return place === -1 ? undefined : this.#copies[place];
  }

  add(index: number, copy: Record<string, unknown>): void {
    this.#indexes.push(index);
    this.#copies.push(copy);
  }
}

function numbered(tree: Tree): Node[] {
  const nodes: Node[] = [];
  const visit = (value: unknown, parent: number, key: string) => {
    const index = nodes.length;
    const children = isRecord(value) ? new Map<string, number>() : undefined;
    nodes.push({ parent, key, value, children });
    if (children === undefined) return index;
    for (const name of Object.keys(value as Tree))
      children.set(name, visit((value as Tree)[name], index, name));
    return index;
  };
  visit(tree, 0, '');
  return nodes;
}

/** An object whose members JSON writes one by one: no list, nothing with a form of its own. */
function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return typeof (value as { toJSON?: unknown }).toJSON !== 'function';
}

/** Whether JSON writes a member with this value at all. */
function isKept(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}

/** Never true for what JSON would write differently; may be false for what it writes the same. */
function isSame(known: unknown, value: unknown): boolean {
  if (known === value) return true;
  if (typeof known !== 'object' || known === null) return false;
  if (Array.isArray(known)) return Array.isArray(value) && areSame(known, value);
  return isRecord(value) && hasSameMembers(known as Tree, value);
}

function areSame(known: readonly unknown[], values: readonly unknown[]): boolean {
  if (values.length !== known.length) return false;
  for (let index = 0; index < known.length; index += 1)
    if (!isSame(known[index], values[index])) return false;
  return true;
}

function hasSameMembers(known: Tree, value: Tree): boolean {
  let more = 0;
  for (const key in known) {
    if (!Object.hasOwn(value, key) || !isSame(known[key], value[key])) return false;
    more += 1;
  }
  for (const key in value) if (Object.hasOwn(value, key)) more -= 1;
  return more === 0;
}

/** Sets an own member, whatever its name. */
function put(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  else target[key] = value;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
