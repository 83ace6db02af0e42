// Compiles patterns of RE2 syntax. The engine is loaded by the first pattern: most checks have none, and
// a command line that probes one of those should start at once.

import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

const load = createRequire(import.meta.url);

/** Throws an Error that says what is wrong with the pattern. */
export function linearPattern(pattern: string): RE2JS {
  const engine: typeof import('re2js') = load('re2js');
  return engine.RE2JS.compile(pattern);
}
