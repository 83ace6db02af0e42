// The project's own TypeScript files and what they import, read as text: quick, and independent of
// any compiler's internals.

import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const TOP = dirname(dirname(fileURLToPath(import.meta.url)));

export interface Import {
  specifier: string;
  /** Erased when run. */
  typeOnly: boolean;
  /** `import()`: loaded when called, not at the start. */
  lazy: boolean;
}

export interface SourceFile {
  /** From the top, with slashes. */
  path: string;
  text: string;
  imports: Import[];
}

const STATIC = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const LAZY = /\bimport\(\s*'([^']+)'/g;

export function sourceFiles(patterns: readonly string[]): SourceFile[] {
  return globSync([...patterns], {
    cwd: TOP,
    exclude: (name) => /(^|[\\/])(node_modules|dist)([\\/]|$)/.test(name),
  })
    .map((name) => name.split(sep).join('/'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(TOP, path), 'utf8');
      return { path, text, imports: importsOf(text) };
    });
}

function importsOf(text: string): Import[] {
  const found: Import[] = [];
  for (const match of text.matchAll(STATIC)) {
    const onlyTypes =
      match[1] !== undefined || /\{\s*(type\s+\w+(\s+as\s+\w+)?\s*,?\s*)+\}\s*from/.test(match[0]);
    found.push({ specifier: match[2] ?? '', typeOnly: onlyTypes, lazy: false });
  }
  for (const match of text.matchAll(LAZY))
    found.push({ specifier: match[1] ?? '', typeOnly: false, lazy: true });
  return found;
}

export function resolveRelative(from: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(from), specifier));
}

/** `@scope/name/door` → `@scope/name`. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

export function isTest(path: string): boolean {
  return /\.(test|bench|conformance)\.tsx?$/.test(path) || /\/(testing|testdata|dev)\//.test(path);
}
