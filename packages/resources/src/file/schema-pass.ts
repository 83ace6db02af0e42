// The first pass: every field against its schema, and the schema's issues turned into problems that
// say what to write. What is sound is handed on without the faulty parts, so that a fault in one
// field hides nothing elsewhere.

import type * as z from 'zod';
import { similarWord } from '../similar-word.ts';
import { locate, type Path, plainValue, type SourceNode } from '../source/source-node.ts';
import { type At, type ProblemList, sayingOf } from './problem-list.ts';
import { unknownField } from './unknown-field.ts';

type Issue = z.core.$ZodIssue;

export interface Sound {
  /** The value without its faulty parts; undefined when nothing of it is sound. */
  part: unknown;
  /** From the value on. */
  faulty: Path[];
}

/** What was sound of trees that are read again and again: of resources in a store. */
const SOUND = new WeakMap<SourceNode, object>();

export function soundPart(schema: z.ZodType, at: At, list: ProblemList): Sound {
  const { node } = locate(at.root, at.path);
  if (node === undefined) return { part: undefined, faulty: [] };
  const stored = list.takesUnknownFields(at);
  const known = stored ? SOUND.get(node) : undefined;
  if (known !== undefined) return { part: known, faulty: [] };
  const written = plainValue(node);
  const value = stored ? knownPart(schema, written, at, list) : written;
  const parsed = schema.safeParse(value);
  if (parsed.success) {
    // Fields that were read over are told each time.
    if (stored && value === written && isRecord(parsed.data)) SOUND.set(node, parsed.data);
    return { part: parsed.data, faulty: [] };
  }
  const issues = issuesOf(parsed.error);
  for (const issue of issues) {
    if (list.full) break;
    report(issue, schema, at, list);
  }
  const faulty = issues.flatMap(faultyPaths);
  return {
    part: faulty.some((path) => path.length === 0) ? undefined : without(value, faulty),
    faulty,
  };
}

function issuesOf(error: z.ZodError): Issue[] {
  return error.issues.flatMap((issue) => flattened(issue, []));
}

/** Without the fields that are not in the schema; each is a warning. */
function knownPart(schema: z.ZodType, value: unknown, at: At, list: ProblemList): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return value;
  const unknown = issuesOf(parsed.error).filter(({ code }) => code === 'unrecognized_keys');
  const paths = unknown.flatMap(faultyPaths);
  const hint = 'a newer Holdfast may know it; it is read over here';
  for (const path of paths)
    list.warnOfKey(
      { root: at.root, path: [...at.path, ...path] },
      { message: 'is not a field that this version knows', hint },
    );
  return paths.length === 0 ? value : without(value, paths);
}

function report(issue: Issue, schema: z.ZodType, at: At, list: ProblemList): void {
  const where = { root: at.root, path: [...at.path, ...pathOf(issue)] };
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      if (list.full) return;
      const saying = unknownField(schema, pathOf(issue), key);
      list.key({ root: at.root, path: [...where.path, key] }, saying);
    }
  } else if (issue.code === 'invalid_key') list.key(where, keySaying(issue));
  else list.value(where, valueSaying(issue, locate(where.root, where.path).node));
}

function pathOf(issue: Issue): Path {
  return issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
}

/** A union's issue says little: where one of its forms was clearly meant, that form's issues say more. */
function flattened(issue: Issue, before: Path): Issue[] {
  const path = [...before, ...pathOf(issue)];
  const here = { ...issue, path } as Issue;
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [here];
  const meant = issue.errors.filter(
    (form) => !form.some((inner) => inner.path.length === 0 && wrongKind(inner)),
  );
  const [form] = meant;
  if (form === undefined || meant.length > 1) return [here];
  return form.flatMap((inner) => flattened(inner, path));
}

function wrongKind(issue: Issue): boolean {
  if (issue.code === 'invalid_union')
    return issue.errors.every((form) =>
      form.some((inner) => inner.path.length === 0 && wrongKind(inner)),
    );
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

function keySaying(issue: Extract<Issue, { code: 'invalid_key' }>) {
  const said = issue.issues
    .map((inner) => sayingOf(inner.message))
    .find((saying) => saying !== undefined);
  return said ?? { message: 'cannot be the name of a field' };
}

function valueSaying(issue: Issue, node: SourceNode | undefined) {
  const own = sayingOf(issue.message) ?? plainSaying(issue, node);
  if (node === undefined) return { message: 'is missing', hint: own.hint };
  const empty = node.kind === 'scalar' && node.value === null;
  return empty
    ? { message: 'is empty', hint: own.hint ?? 'write a value, or remove the line' }
    : own;
}

/** For what carries no demand of its own. */
function plainSaying(
  issue: Issue,
  node: SourceNode | undefined,
): { message: string; hint?: string } {
  const choices = choicesOf(issue);
  if (choices !== undefined) {
    const written = node?.kind === 'scalar' ? String(node.value) : '';
    const near = similarWord(written, choices);
    const message = `must be ${alternatives(choices)}`;
    return {
      message,
      hint: near === undefined ? `write ${alternatives(choices)}` : `did you mean ${near}?`,
    };
  }
  const expected = issue.code === 'invalid_type' ? issue.expected : '';
  if (expected === 'object' || expected === 'record') {
    return { message: 'must be a mapping of fields', hint: 'write name: value pairs under it' };
  }
  if (expected === 'array')
    return { message: 'must be a list', hint: 'start each entry with "- "' };
  return { message: issue.message };
}

function choicesOf(issue: Issue): string[] | undefined {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code !== 'invalid_union' || !('options' in issue) || !Array.isArray(issue.options))
    return undefined;
  return issue.options.map(String);
}

function alternatives(words: readonly string[]): string {
  if (words.length <= 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function faultyPaths(issue: Issue): Path[] {
  if (issue.code !== 'unrecognized_keys') return [pathOf(issue)];
  return issue.keys.map((key) => [...pathOf(issue), key]);
}

/** Removes faulty fields. A fault in a list of plain values takes the list; an entry of a section only itself. */
function without(value: unknown, paths: readonly Path[]): unknown {
  const copy = structuredClone(value);
  for (const path of paths) {
    let end = path.length;
    while (end > 0 && typeof path[end - 1] === 'number') end -= 1;
    const [section, entry] = path;
    const entryItself = path.length === 2 && end === 1;
    const parent = entryItself ? child(copy, section) : path.slice(0, end - 1).reduce(child, copy);
    const last = entryItself ? entry : path[end - 1];
    if (Array.isArray(parent) && typeof last === 'number') parent[last] = undefined;
    else if (isRecord(parent) && last !== undefined) delete parent[String(last)];
  }
  return copy;
}

function child(of: unknown, step: string | number | undefined): unknown {
  if (Array.isArray(of) && typeof step === 'number') return of[step];
  return isRecord(of) && step !== undefined && Object.hasOwn(of, step) ? of[step] : undefined;
}

function isRecord(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
