// What a file says, whatever its syntax: one tree of values that know their places. Everything
// after parsing works on this, so that YAML and TOML cannot differ in meaning.

import type { Place } from '../problem.ts';

export type Scalar = string | number | boolean | null;

interface ScalarNode {
  kind: 'scalar';
  value: Scalar;
  place: Place;
}

export interface ListNode {
  kind: 'list';
  items: SourceNode[];
  place: Place;
}

export interface MapNode {
  kind: 'map';
  fields: Map<string, { key: Place; node: SourceNode }>;
  place: Place;
}

export type SourceNode = ScalarNode | ListNode | MapNode;

export type Path = readonly (string | number)[];

/** The place and, where it exists, the node that a path leads to; else its nearest ancestor's place. */
export interface Located {
  place: Place;
  /** Of the field's name; for what has none, the place itself. */
  key: Place;
  node?: SourceNode;
}

/** Deeper than any sensible file; deeper trees would let recursion run out of stack. */
export const DEPTH_MAX = 64;

/** Bounds the time and memory of everything after parsing; some 15,000 checks fit. */
export const VALUES_MAX = 250_000;

/** The plain value. Depth and size were bounded when the tree was made. */
export function plainValue(node: SourceNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  return Object.fromEntries(
    [...node.fields].map(([name, field]) => [name, plainValue(field.node)]),
  );
}

/** How many values a tree holds, itself included. */
export function countValues(node: SourceNode): number {
  if (node.kind === 'scalar') return 1;
  const inner =
    node.kind === 'list' ? node.items : [...node.fields.values()].map((field) => field.node);
  return inner.reduce((sum, one) => sum + countValues(one), 1);
}

export function locate(root: SourceNode, path: Path): Located {
  let at: Located = { place: root.place, key: root.place, node: root };
  for (const step of path) {
    const next = at.node === undefined ? undefined : childOf(at.node, step);
    if (next === undefined) return { place: at.place, key: at.key };
    at = next;
  }
  return at;
}

function childOf(node: SourceNode, step: string | number): Located | undefined {
  if (node.kind === 'map') {
    const field = node.fields.get(String(step));
    if (field === undefined) return undefined;
    return { place: field.node.place, key: field.key, node: field.node };
  }
  const item = node.kind === 'list' ? node.items[Number(step)] : undefined;
  return item === undefined ? undefined : { place: item.place, key: item.place, node: item };
}

/** `checks[2].expect.headers["x-a b"]` */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(shortened(step))}]`;
  }
  return text;
}

const SHOWN_LENGTH_MAX = 60;

export function shortened(text: string): string {
  return text.length <= SHOWN_LENGTH_MAX ? text : `${text.slice(0, SHOWN_LENGTH_MAX - 1)}…`;
}

/** What stands there, for people. */
export function describe(node: SourceNode): string {
  if (node.kind === 'list') {
    return node.items.length === 0 ? 'an empty list' : `a list of ${node.items.length}`;
  }
  if (node.kind === 'map') {
    const names = [...node.fields.keys()].slice(0, 3).map(shortened).join(', ');
    return names === '' ? 'an empty mapping' : `a mapping with ${names}`;
  }
  if (node.value === null) return 'nothing';
  if (typeof node.value === 'string') return JSON.stringify(shortened(node.value));
  return String(node.value);
}

/** Makes a tree of a plain value that was never a file; every place is 1:1. Leaves `undefined` out. */
export function nodeOf(value: unknown): SourceNode {
  const place = { line: 1, column: 1 };
  if (Array.isArray(value)) return { kind: 'list', items: value.map(nodeOf), place };
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    const fields = entries.map(
      ([name, inner]) => [name, { key: place, node: nodeOf(inner) }] as const,
    );
    return { kind: 'map', fields: new Map(fields), place };
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { kind: 'scalar', value, place };
  }
  return {
    kind: 'scalar',
    value: value === null || value === undefined ? null : String(value),
    place,
  };
}
