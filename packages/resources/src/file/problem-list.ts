// Collects what is wrong while a file is read, each problem at the place of its field. What was found
// is shown only where it cannot be a secret.

import { isDemand, readDemand } from '../fields/demand.ts';
import { PROBLEMS_MAX, type Problem } from '../problem.ts';
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

export class ProblemList {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly file: string;

  /** More is not collected; it would not be shown. Finding words for 100,000 faults takes seconds. */
  get full(): boolean {
    return this.problems.length > 2 * PROBLEMS_MAX;
  }

  constructor(file: string) {
    this.file = file;
  }

  /** A fault of the value there; of the missing field, where nothing is. */
  value(at: At, saying: Saying): void {
    if (this.full) return;
    const { place, node } = locate(at.root, at.path);
    const nothing = node === undefined || (node.kind === 'scalar' && node.value === null);
    const found = nothing ? undefined : shown(at.path, node);
    this.problems.push({
      file: this.file,
      ...place,
      path: pathText(at.path),
      ...defined(saying, found),
    });
  }

  /** A fault of the field's name. */
  key(at: At, saying: Saying): void {
    if (this.full) return;
    const { key } = locate(at.root, at.path);
    this.problems.push({ file: this.file, ...key, path: pathText(at.path), ...defined(saying) });
  }

  warn(at: At, saying: Saying): void {
    const { place } = locate(at.root, at.path);
    this.warnings.push({ file: this.file, ...place, path: pathText(at.path), ...defined(saying) });
  }

  /** `file:line:column` of what was written there. */
  placeText(at: At): string {
    const { place } = locate(at.root, at.path);
    return `${this.file}:${place.line}:${place.column}`;
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
  if (mayBeSecret(path)) return `a text of ${String(node.value).length} characters`;
  if (typeof node.value !== 'string') return describe(node);
  return describe({ ...node, value: withoutAnyCredentials(node.value) });
}

/** Values of request headers, and the addresses of channels, which often are the secret themselves. */
function mayBeSecret(path: Path): boolean {
  const headers = path.indexOf('headers');
  if (headers >= 0 && headers < path.length - 1 && path[headers - 1] !== 'expect') return true;
  const last = path.at(-1);
  return (
    !path.includes('expect') && (last === 'server' || (last === 'url' && path[0] !== 'checks'))
  );
}

/** Takes more than the credentials rather than less: the text may be broken just there. */
function withoutAnyCredentials(text: string): string {
  return text.includes('://') ? text.replace(/:\/\/.*@/s, '://') : text.replace(/^.*:.*@/s, '');
}
