// What parsing gives, and the one problem that both syntaxes share.

import { groupedNumber } from '../fields/grouped-number.ts';
import type { Problem } from '../problem.ts';
import { type SourceNode, VALUES_MAX } from './source-node.ts';

/** Every document of the file, and what is wrong with its syntax: both when the rest can still be read. */
export interface ParsedSource {
  documents: SourceNode[];
  problems: Problem[];
}

export function tooManyValues(file: string, valuesMax: number = VALUES_MAX): Problem {
  const message = `the file holds more than ${groupedNumber(valuesMax)} values, aliases counted as often as used`;
  return { file, line: 1, column: 1, path: '', message, hint: 'split it into several files' };
}
