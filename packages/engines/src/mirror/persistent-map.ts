// A sorted map that never changes: whoever adds or removes gets a new map, which shares all but
// O(log n) nodes with the old one, so that a reader may keep any version for ever. It is the
// weight-balanced tree of Adams with the bounds that Hirai and Yamamoto, "Balancing weight-balanced
// trees" (2011), proved right: no order of insertions makes it deep.

/** Keys are compared as JavaScript compares texts (UTF-16 code units). */
export interface Keyed {
  readonly key: string;
}

interface Node<V extends Keyed> {
  readonly item: V;
  readonly left: Tree<V>;
  readonly right: Tree<V>;
  readonly size: number;
}

type Tree<V extends Keyed> = Node<V> | undefined;

/** A side may weigh this many times the other. */
const DELTA = 3;
/** Where the inner grandchild weighs this many times the outer one, two turns are needed. */
const GAMMA = 2;

export class PersistentMap<V extends Keyed> implements Iterable<V> {
  readonly #root: Tree<V>;

  private constructor(root: Tree<V>) {
    this.#root = root;
    Object.freeze(this);
  }

  static empty<V extends Keyed>(): PersistentMap<V> {
    return new PersistentMap<V>(undefined);
  }

  /** In O(n log n), or O(n) when they are in order. Of equal keys the last one counts. */
  static of<V extends Keyed>(items: Iterable<V>): PersistentMap<V> {
    const byKey = new Map<string, V>();
    for (const item of items) byKey.set(item.key, item);
    const sorted = [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    return new PersistentMap(balancedTree(sorted, 0, sorted.length));
  }

  get size(): number {
    return sizeOf(this.#root);
  }

  get(key: string): V | undefined {
    let node = this.#root;
    while (node !== undefined && node.item.key !== key)
      node = key < node.item.key ? node.left : node.right;
    return node?.item;
  }

  with(item: V): PersistentMap<V> {
    return new PersistentMap(inserted(this.#root, item));
  }

  /** The same map when the key is not in it. */
  without(key: string): PersistentMap<V> {
    const root = removed(this.#root, key);
    return root === this.#root ? this : new PersistentMap(root);
  }

  [Symbol.iterator](): Generator<V> {
    return this.withPrefix('');
  }

  /** Ascending by key. */
  *withPrefix(prefix: string): Generator<V> {
    const larger: Node<V>[] = [];
    for (let node = this.#root; node !== undefined; ) {
      const isBelow = node.item.key < prefix;
      if (!isBelow) larger.push(node);
      node = isBelow ? node.right : node.left;
    }
    for (let next = larger.pop(); next?.item.key.startsWith(prefix); next = larger.pop()) {
      yield next.item;
      for (let node = next.right; node !== undefined; node = node.left) larger.push(node);
    }
  }
}

function inserted<V extends Keyed>(node: Tree<V>, item: V): Node<V> {
  if (node === undefined) return leaf(item);
  if (item.key < node.item.key) return balanced(node.item, inserted(node.left, item), node.right);
  if (item.key > node.item.key) return balanced(node.item, node.left, inserted(node.right, item));
  return { item, left: node.left, right: node.right, size: node.size };
}

function removed<V extends Keyed>(node: Tree<V>, key: string): Tree<V> {
  if (node === undefined) return undefined;
  if (key === node.item.key) return joined(node.left, node.right);
  const isLeft = key < node.item.key;
  const side = isLeft ? node.left : node.right;
  const less = removed(side, key);
  if (less === side) return node;
  return isLeft ? balanced(node.item, less, node.right) : balanced(node.item, node.left, less);
}

/** All of `left` lies below all of `right`, and the two were balanced with each other. */
function joined<V extends Keyed>(left: Tree<V>, right: Tree<V>): Tree<V> {
  if (left === undefined) return right;
  if (right === undefined) return left;
  const least = leastOf(right);
  return balanced(least, left, removed(right, least.key));
}

function leastOf<V extends Keyed>(node: Node<V>): V {
  let least = node;
  while (least.left !== undefined) least = least.left;
  return least.item;
}

/** Restores the balance after one side has grown or shrunk by one. */
function balanced<V extends Keyed>(item: V, left: Tree<V>, right: Tree<V>): Node<V> {
  if (right !== undefined && weightOf(right) > DELTA * weightOf(left))
    return turnedLeft(item, left, right);
  if (left !== undefined && weightOf(left) > DELTA * weightOf(right))
    return turnedRight(item, left, right);
  return joint(item, left, right);
}

function turnedLeft<V extends Keyed>(item: V, left: Tree<V>, right: Node<V>): Node<V> {
  const inner = right.left;
  if (inner === undefined || weightOf(inner) < GAMMA * weightOf(right.right))
    return joint(right.item, joint(item, left, inner), right.right);
  return joint(
    inner.item,
    joint(item, left, inner.left),
    joint(right.item, inner.right, right.right),
  );
}

function turnedRight<V extends Keyed>(item: V, left: Node<V>, right: Tree<V>): Node<V> {
  const inner = left.right;
  if (inner === undefined || weightOf(inner) < GAMMA * weightOf(left.left))
    return joint(left.item, left.left, joint(item, inner, right));
  return joint(
    inner.item,
    joint(left.item, left.left, inner.left),
    joint(item, inner.right, right),
  );
}

function balancedTree<V extends Keyed>(sorted: readonly V[], from: number, to: number): Tree<V> {
  const middle = (from + to) >>> 1;
  const item = sorted[middle];
  if (from >= to || item === undefined) return undefined;
  return joint(item, balancedTree(sorted, from, middle), balancedTree(sorted, middle + 1, to));
}

function joint<V extends Keyed>(item: V, left: Tree<V>, right: Tree<V>): Node<V> {
  return { item, left, right, size: sizeOf(left) + sizeOf(right) + 1 };
}

function leaf<V extends Keyed>(item: V): Node<V> {
  return joint(item, undefined, undefined);
}

function sizeOf(tree: Tree<Keyed>): number {
  return tree?.size ?? 0;
}

function weightOf(tree: Tree<Keyed>): number {
  return sizeOf(tree) + 1;
}
