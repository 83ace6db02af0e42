// The syntax tree of TOML to ours: tables and dotted names become nested mappings, arrays of tables
// become lists. The parser has already refused names that clash.

import type { AST } from 'toml-eslint-parser';
import type { Place, Problem } from '../problem.ts';
import { type ParsedSource, tooManyValues } from './parsed-source.ts';
import {
  DEPTH_MAX,
  type ListNode,
  type MapNode,
  type Scalar,
  type SourceNode,
} from './source-node.ts';
import { TreeBudget } from './tree-budget.ts';

interface Level {
  map: MapNode;
  depth: number;
}

export class TomlTree {
  readonly #file: string;
  readonly #problems: Problem[] = [];
  readonly #budget = new TreeBudget();

  constructor(file: string) {
    this.#file = file;
  }

  read(top: AST.TOMLTopLevelTable): ParsedSource {
    const root: Level = { map: emptyMap({ line: 1, column: 1 }), depth: 1 };
    for (const entry of top.body) {
      if (entry.type === 'TOMLKeyValue') this.#assign(root, entry);
      else this.#table(root, entry);
    }
    if (this.#budget.exceeded) return { documents: [], problems: [tooManyValues(this.#file)] };
    return { documents: root.map.fields.size === 0 ? [] : [root.map], problems: this.#problems };
  }

  #table(root: Level, table: AST.TOMLTable): void {
    const last = table.key.keys.at(-1);
    const parent = this.#descend(root, table.key.keys.slice(0, -1));
    if (last === undefined || parent === undefined) return;
    const level =
      table.kind === 'array' ? this.#append(parent, last) : this.#descend(parent, [last]);
    if (level !== undefined) for (const entry of table.body) this.#assign(level, entry);
  }

  #append(parent: Level, key: AST.TOMLBare | AST.TOMLQuoted): Level | undefined {
    const place = placeOf(key);
    const list = this.#child(
      parent,
      key,
      () => ({ kind: 'list', items: [], place }) satisfies ListNode,
    );
    if (list?.kind !== 'list') return undefined;
    const map = emptyMap(place);
    this.#budget.spend(1);
    list.items.push(map);
    return { map, depth: parent.depth + 2 };
  }

  /** Into the mapping that the names lead to, made on the way; a list stands for its last item. */
  #descend(from: Level, keys: readonly (AST.TOMLBare | AST.TOMLQuoted)[]): Level | undefined {
    let level = from;
    for (const key of keys) {
      const child = this.#child(level, key, () => emptyMap(placeOf(key)));
      const map = child?.kind === 'list' ? child.items.at(-1) : child;
      if (map?.kind !== 'map') return undefined;
      level = { map, depth: level.depth + (child?.kind === 'list' ? 2 : 1) };
      if (this.#tooDeep(level.depth, placeOf(key))) return undefined;
    }
    return level;
  }

  #child(
    level: Level,
    key: AST.TOMLBare | AST.TOMLQuoted,
    make: () => SourceNode,
  ): SourceNode | undefined {
    const name = nameOf(key);
    const found = level.map.fields.get(name);
    if (found !== undefined) return found.node;
    const place = placeOf(key);
    if (name === '__proto__') {
      this.#fault(place, 'this cannot be the name of a field', 'write a plain word');
      return undefined;
    }
    const node = make();
    this.#budget.spend(1);
    level.map.fields.set(name, { key: place, node });
    return node;
  }

  #assign(level: Level, entry: AST.TOMLKeyValue): void {
    const last = entry.key.keys.at(-1);
    const parent = this.#descend(level, entry.key.keys.slice(0, -1));
    if (last === undefined || parent === undefined || this.#budget.exceeded) return;
    this.#child(parent, last, () => this.#value(entry.value, parent.depth + 1));
  }

  #value(value: AST.TOMLContentNode, depth: number): SourceNode {
    const place = placeOf(value);
    if (value.type === 'TOMLValue') return { kind: 'scalar', value: scalarOf(value), place };
    if (this.#tooDeep(depth, place)) return { kind: 'scalar', value: null, place };
    if (value.type === 'TOMLArray') {
      this.#budget.spend(value.elements.length);
      return {
        kind: 'list',
        items: value.elements.map((item) => this.#value(item, depth + 1)),
        place,
      };
    }
    const map = emptyMap(place);
    for (const entry of value.body) this.#assign({ map, depth }, entry);
    return map;
  }

  #tooDeep(depth: number, place: Place): boolean {
    if (depth <= DEPTH_MAX) return false;
    this.#fault(place, `this is nested deeper than ${DEPTH_MAX} levels`, 'make it flatter');
    return true;
  }

  #fault(place: Place, message: string, hint: string): void {
    this.#problems.push({ file: this.#file, ...place, path: '', message, hint });
  }
}

function emptyMap(place: Place): MapNode {
  return { kind: 'map', fields: new Map(), place };
}

function placeOf(node: AST.TOMLNode): Place {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}

/** Dates have no meaning in our vocabulary; they are read as the text that stands there. */
function scalarOf(value: AST.TOMLValue): Scalar {
  return value.value instanceof Date ? ('datetime' in value ? value.datetime : '') : value.value;
}
