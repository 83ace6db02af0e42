// Composed YAML to our trees. Aliases share the tree of their anchor but are paid for at full size,
// so an alias bomb runs out of budget before it is ever expanded; `<<` merges are paid for likewise.

import { type Document, isAlias, isMap, isScalar, type ParsedNode, type YAMLMap } from 'yaml';
import type { Place, Problem } from '../problem.ts';
import { type ParsedSource, tooManyValues } from './parsed-source.ts';
import { DEPTH_MAX, type MapNode, type SourceNode, shortened } from './source-node.ts';
import { TreeBudget } from './tree-budget.ts';

interface Anchored {
  node: SourceNode;
  size: number;
  height: number;
}

export class YamlTree {
  readonly #file: string;
  readonly #placeOf: (offset: number) => Place;
  readonly #problems: Problem[] = [];
  readonly #budget = new TreeBudget();
  /** By name; `undefined` while the anchored value is still being read. */
  #anchors = new Map<string, Anchored | undefined>();

  constructor(file: string, placeOf: (offset: number) => Place) {
    this.#file = file;
    this.#placeOf = placeOf;
  }

  read(documents: readonly Document.Parsed<ParsedNode>[]): ParsedSource {
    const trees: SourceNode[] = [];
    for (const document of documents) {
      this.#anchors = new Map();
      const contents: ParsedNode | null = document.contents;
      if (contents === null || (isScalar(contents) && contents.value === null)) continue;
      trees.push(this.#read(contents, { line: 1, column: 1 }, 1).node);
    }
    if (this.#budget.exceeded) return { documents: [], problems: [tooManyValues(this.#file)] };
    return { documents: trees, problems: this.#problems };
  }

  #read(yaml: ParsedNode | null, fallback: Place, depth: number): Anchored {
    const place = yaml?.range ? this.#placeOf(yaml.range[0]) : fallback;
    const nothing: Anchored = { node: { kind: 'scalar', value: null, place }, size: 1, height: 1 };
    if (this.#budget.exceeded || yaml === null) return nothing;
    if (isAlias(yaml)) return this.#alias(yaml.source, place, depth) ?? nothing;
    const before = this.#budget.spent;
    this.#budget.spend(1);
    if (depth > DEPTH_MAX) {
      this.#fault(place, `this is nested deeper than ${DEPTH_MAX} levels`, 'make it flatter');
      return nothing;
    }
    if (yaml.anchor !== undefined) this.#anchors.set(yaml.anchor, undefined);
    const { node, height } = this.#readPlain(yaml, place, depth);
    const anchored = { node, height, size: this.#budget.spent - before };
    if (yaml.anchor !== undefined) this.#anchors.set(yaml.anchor, anchored);
    return anchored;
  }

  #readPlain(yaml: ParsedNode, place: Place, depth: number): { node: SourceNode; height: number } {
    if (isScalar(yaml))
      return { node: { kind: 'scalar', value: scalarOf(yaml.value), place }, height: 1 };
    if (isMap(yaml)) return this.#map(yaml as YAMLMap.Parsed, place, depth);
    if (isAlias(yaml)) return { node: { kind: 'scalar', value: null, place }, height: 1 };
    const items = yaml.items.map((item) => this.#read(item as ParsedNode | null, place, depth + 1));
    const node: SourceNode = { kind: 'list', items: items.map((item) => item.node), place };
    return { node, height: 1 + highest(items) };
  }

  #map(yaml: YAMLMap.Parsed, place: Place, depth: number): { node: MapNode; height: number } {
    const node: MapNode = { kind: 'map', fields: new Map(), place };
    const merged: Anchored[] = [];
    const values: Anchored[] = [];
    for (const pair of yaml.items) {
      const key = pair.key.range ? this.#placeOf(pair.key.range[0]) : place;
      const name = this.#nameOf(pair.key, key);
      if (name === undefined) continue;
      const value = this.#read(pair.value, key, depth + 1);
      // An empty value has its range behind the colon; people look for the name.
      if (isScalar(pair.value) && value.node.kind === 'scalar' && value.node.value === null) {
        value.node.place = key;
      }
      values.push(value);
      if (name === '<<') merged.push(value);
      else this.#add(node, name, key, value.node);
    }
    for (const source of merged) this.#merge(node, source.node);
    return { node, height: 1 + highest(values) };
  }

  #nameOf(key: ParsedNode, place: Place): string | undefined {
    const scalar = isScalar(key) ? key.value : undefined;
    if (typeof scalar === 'string' && scalar !== '__proto__') {
      if (isScalar(key) && key.anchor !== undefined) {
        const node: SourceNode = { kind: 'scalar', value: scalar, place };
        this.#anchors.set(key.anchor, { node, size: 1, height: 1 });
      }
      return scalar;
    }
    if (typeof scalar === 'number' || typeof scalar === 'boolean') return String(scalar);
    this.#fault(place, 'this cannot be the name of a field', 'write a plain word before the colon');
    return undefined;
  }

  #add(node: MapNode, name: string, key: Place, value: SourceNode): void {
    const first = node.fields.get(name);
    if (first === undefined) {
      node.fields.set(name, { key, node: value });
      return;
    }
    const quoted = JSON.stringify(shortened(name));
    const hint = 'keep one of the two';
    this.#fault(key, `${quoted} is written twice here, first in line ${first.key.line}`, hint);
  }

  /** What the mapping says itself wins over what it merges in. */
  #merge(node: MapNode, source: SourceNode): void {
    if (source.kind === 'list') {
      for (const item of source.items) this.#merge(node, item);
      return;
    }
    if (source.kind === 'scalar') {
      this.#fault(
        source.place,
        '`<<` merges mappings only',
        'write `<<: *name` with the anchor of a mapping',
      );
      return;
    }
    for (const [name, field] of source.fields) {
      this.#budget.spend(1);
      if (this.#budget.exceeded) return;
      if (!node.fields.has(name)) node.fields.set(name, field);
    }
  }

  #alias(name: string, place: Place, depth: number): Anchored | undefined {
    const target = this.#anchors.get(name);
    if (target === undefined) {
      const inside = this.#anchors.has(name);
      const message = inside
        ? `*${name} stands inside of &${name}`
        : `*${name} names no anchor above it`;
      this.#fault(
        place,
        message,
        inside ? 'a value cannot hold itself' : `define it first with &${name}`,
      );
      return undefined;
    }
    this.#budget.spend(target.size);
    if (depth + target.height - 1 > DEPTH_MAX) {
      this.#fault(
        place,
        `*${name} is nested deeper than ${DEPTH_MAX} levels here`,
        'make it flatter',
      );
      return undefined;
    }
    return target;
  }

  #fault(place: Place, message: string, hint: string): void {
    this.#problems.push({ file: this.#file, ...place, path: '', message, hint });
  }
}

function highest(values: readonly Anchored[]): number {
  return values.reduce((height, value) => Math.max(height, value.height), 0);
}

function scalarOf(value: unknown): string | number | boolean | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return value === null || value === undefined ? null : String(value);
}
