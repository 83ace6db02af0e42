// RE2 patterns: time linear in the text, whatever a server sends. The engine is loaded when the
// first check with a pattern is prepared, so that an agent without patterns never carries it.

import type { RE2JS } from 're2js';
import { BoundedCache } from '../bounded-cache.ts';

/** A compiled pattern weighs some 10 kB; more than this in use at once are compiled anew each time. */
const PATTERNS_MAX = 1000;
/** Longer patterns compile to programs that are slow to run. */
const PATTERN_LENGTH_MAX = 4096;

const patterns = new BoundedCache<string, RE2JS>(PATTERNS_MAX);
let engine: typeof RE2JS | undefined;

/** Compiles patterns ahead of their use; answers what is wrong with the first bad one. */
export async function preparePatterns(texts: readonly string[]): Promise<string | undefined> {
  engine ??= (await import('re2js')).RE2JS;
  for (const text of texts) {
    const problem = problemOf(text);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Searches anywhere in the text. The pattern must have been prepared. */
export function patternMatches(pattern: string, text: string): boolean {
  return compiled(pattern).matcher(text).find();
}

/** What the pattern's groups found, the whole match at 0; undefined = it is nowhere in the text. */
export function patternGroups(pattern: string, text: string): string[] | undefined {
  const matcher = compiled(pattern).matcher(text);
  if (!matcher.find()) return undefined;
  return Array.from({ length: matcher.groupCount() + 1 }, (_, at) => matcher.group(at) ?? '');
}

/** How many groups it has. */
export function groupCount(pattern: string): number {
  return compiled(pattern).groupCount();
}

/** The pattern that finds exactly this text. */
export function literalPattern(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

/** The same for the rules' `matches`, in the shape that CEL wants. */
export function compilePattern(pattern: string): { test(text: string): boolean } {
  const program = compiled(pattern);
  return { test: (text) => program.matcher(text).find() };
}

function compiled(pattern: string): RE2JS {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  if (engine === undefined) throw new Error('patterns are used before they were prepared');
  if (pattern.length > PATTERN_LENGTH_MAX) throw new Error('the pattern is too long');
  const program = engine.compile(pattern);
  patterns.set(pattern, program);
  return program;
}

function problemOf(text: string): string | undefined {
  try {
    compiled(text);
    return undefined;
  } catch (error) {
    return `The pattern "${text}" is not valid: ${(error as Error).message}.`;
  }
}
