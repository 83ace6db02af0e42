// Collects what is wrong while a file is read, each problem at the place of its field. What was found
// is shown only where it cannot be a secret.

import { dirname, isAbsolute, join } from 'node:path';
import { isDemand, readDemand } from '../fields/demand.ts';
import { type Place, PROBLEMS_MAX, type Problem } from '../problem.ts';
import { describe, locate, type Path, pathText, type SourceNode } from '../source/source-node.ts';

/** Where something was written: a document, and the path in it. */
export interface At {
  root: SourceNode;
  path: Path;
}

interface Saying {
  message: string;
  hint?: string | undefined;
}

/** A file may hold thousands of idle rules; nobody reads them all. */
const WARNINGS_MAX = 10_000;

export class ProblemList {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  /** The first one; others are included by it, or named. */
  readonly file: string;
  readonly #files = new WeakMap<SourceNode, string>();
  readonly #resources = new WeakMap<SourceNode, 'written' | 'stored'>();
  #values = 0;

  /** More is not collected; it would not be shown. Finding words for 100,000 faults takes seconds. */
  get full(): boolean {
    return this.problems.length > 2 * PROBLEMS_MAX;
  }

  constructor(file: string) {
    this.file = file;
  }

  /** Problems in this document name the file at `path`, which is relative to the first one. */
  adopt(root: SourceNode, path: string): void {
    this.#files.set(root, this.nameOf(path));
  }

  /** The document is one resource that stands in no file, called so. */
  adoptResource(root: SourceNode, name: string, from: 'written' | 'stored'): void {
    this.#files.set(root, name);
    this.#resources.set(root, from);
  }

  /** What a store holds may be of a newer Holdfast: there a field that we do not know is no fault. */
  takesUnknownFields({ root }: At): boolean {
    return this.#resources.get(root) === 'stored';
  }

  nameOf(path: string): string {
    return isAbsolute(path) ? path : join(dirname(this.file), path);
  }

  /** Counts values over all files; false once there are more than that. */
  spend(values: number, most: number): boolean {
    this.#values += values;
    return this.#values <= most;
  }

  /** A fault of the value there; of the missing field, where nothing is. */
  value(at: At, saying: Saying): void {
    if (this.full) return;
    const { place, node } = locate(at.root, at.path);
    const nothing = node === undefined || (node.kind === 'scalar' && node.value === null);
    const found = nothing ? undefined : shown(at.path, node);
    this.problems.push({
      file: this.#fileOf(at),
      ...place,
      path: pathText(at.path),
      ...defined(saying, found),
    });
  }

  /** A fault of the field's name. */
  key(at: At, saying: Saying): void {
    if (this.full) return;
    const { key } = locate(at.root, at.path);
    this.problems.push({
      file: this.#fileOf(at),
      ...key,
      path: pathText(at.path),
      ...defined(saying),
    });
  }

  warn(at: At, saying: Saying): void {
    const { place } = locate(at.root, at.path);
    this.#warn(at, place, saying);
  }

  warnOfKey(at: At, saying: Saying): void {
    this.#warn(at, locate(at.root, at.path).key, saying);
  }

  #warn(at: At, place: Place, saying: Saying): void {
    if (this.warnings.length > WARNINGS_MAX) return;
    this.warnings.push({
      file: this.#fileOf(at),
      ...place,
      path: pathText(at.path),
      ...defined(saying),
    });
  }

  /** `file:line:column` of what was written there; of a resource in no file, its name. */
  placeText(at: At): string {
    if (this.#resources.has(at.root)) return this.#fileOf(at);
    const { place } = locate(at.root, at.path);
    return `${this.#fileOf(at)}:${place.line}:${place.column}`;
  }

  #fileOf({ root }: At): string {
    return this.#files.get(root) ?? this.file;
  }
}

/** A schema's message, taken apart. */
export function sayingOf(message: string): Saying | undefined {
  return isDemand(message) ? readDemand(message) : undefined;
}

function defined(saying: Saying, found?: string) {
  return {
    message: saying.message,
    ...(found === undefined ? {} : { found }),
    ...(saying.hint === undefined ? {} : { hint: saying.hint }),
  };
}

function shown(path: Path, node: SourceNode): string {
  if (node.kind !== 'scalar' || node.value === null) return describe(node);
  if (mayBeSecret(path) && !(path.includes('payload') && typeof node.value === 'number'))
    return `a text of ${String(node.value).length} characters`;
  if (typeof node.value !== 'string') return describe(node);
  return describe({ ...node, value: withoutAnyCredentials(node.value) });
}

/** Under these names of checks and tokens everything may be a secret. */
const SECRET_FIELDS: ReadonlySet<string | number> = new Set([
  'headers',
  'payload',
  'auth',
  'client',
  'clientSecret',
  'sha256',
  'parameters',
  'dialogue',
  'body',
  'with',
]);

/**
 * Values of request headers and metadata, payloads, credentials, and the addresses of channels, which
 * often are the secret themselves.
 */
function mayBeSecret(path: Path): boolean {
  if (path.includes('expect') && !path.includes('dialogue')) return false;
  const inCheck = path[0] === 'checks' || path[0] === 'defaults';
  const values = path.findIndex(
    (step, index) =>
      SECRET_FIELDS.has(step) || (step === 'metadata' && (inCheck || path[index - 1] === 'spec')),
  );
  if (values >= 0) return true;
  const last = path.at(-1);
  return (last === 'server' || last === 'url') && !inCheck && path[0] !== 'tokens';
}

/** Takes more than the credentials rather than less: the text may be broken just there. */
function withoutAnyCredentials(text: string): string {
  return text.includes('://') ? text.replace(/:\/\/.*@/s, '://') : text.replace(/^.*:.*@/s, '');
}
