// TOML text to the same tree as YAML's. The parser stops at the first syntax error, so there is one
// at most; its words are replaced where we can say what to write.

import { ParseError, parseTOML } from 'toml-eslint-parser';
import type { Place, Problem } from '../problem.ts';
import { type ParsedSource, tooManyValues } from './parsed-source.ts';
import { DEPTH_MAX } from './source-node.ts';
import { tomlFault } from './toml-fault.ts';
import { TomlTree } from './toml-tree.ts';

/** Less than for YAML: the parser keeps every token, and takes three times as long for a value. */
const TOML_VALUES_MAX = 150_000;

/** Dotted names nest as well, and the parser would follow them to any depth. */
const LONG_KEY = new RegExp(`^[ \\t]*\\[*(?:[\\w-]+[ \\t]*\\.[ \\t]*){${DEPTH_MAX}}`, 'm');

export function parseTomlText(file: string, text: string): ParsedSource {
  if (LONG_KEY.test(text)) return { documents: [], problems: [tooDeep(file)] };
  if (marks(text) > TOML_VALUES_MAX) {
    return { documents: [], problems: [tooManyValues(file, TOML_VALUES_MAX)] };
  }
  try {
    const program = parseTOML(text, { tomlVersion: '1.0' });
    return new TomlTree(file).read(program.body[0]);
  } catch (error) {
    return { documents: [], problems: [syntaxProblem(file, text, error)] };
  }
}

function syntaxProblem(file: string, text: string, error: unknown): Problem {
  if (error instanceof ParseError) {
    const place: Place = { line: error.lineNumber, column: error.column + 1 };
    const lines = text.split('\n', place.line);
    return { file, ...place, path: '', ...tomlFault(error.message, lines, place.column) };
  }
  // The parser recurses over nesting and spreads long texts onto the stack.
  const overflow = error instanceof RangeError;
  return {
    file,
    line: 1,
    column: 1,
    path: '',
    message: overflow
      ? `the file is nested deeper than ${DEPTH_MAX} levels or holds a text of over 100,000 characters`
      : `the file cannot be read as TOML: ${error instanceof Error ? error.message : 'unknown reason'}`,
    hint: overflow ? 'make it flatter, or write it as YAML' : 'write it as YAML, and report this',
  };
}

function tooDeep(file: string): Problem {
  const message = `a name is nested deeper than ${DEPTH_MAX} levels`;
  return { file, line: 1, column: 1, path: '', message, hint: 'write fewer dots' };
}

/** At least the number of values: each stands behind one of these. Counting is far cheaper than parsing. */
function marks(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x3d || code === 0x2c || code === 0x5b || code === 0x7b) count += 1; // = , [ {
  }
  return count;
}
