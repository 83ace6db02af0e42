// From text to trees: chooses the syntax by the file's name and holds the bounds that keep hostile
// or broken text from costing time or memory. It never throws for what the text says.

import { createRequire } from 'node:module';
import { groupedNumber } from '../fields/grouped-number.ts';
import type { parseTomlText } from './parse-toml.ts';
import type { parseYamlText } from './parse-yaml.ts';
import type { ParsedSource } from './parsed-source.ts';

/** Each parser is loaded by the first text of its syntax: a single check of a command line is none. */
const load = createRequire(import.meta.url);

const FILE_BYTES_MAX = 10 * 1024 * 1024;

/** With the limit on values, this bounds the parsers: their time grows with lines, too. */
const LINES_MAX = 250_000;

export function parseSource(file: string, text: string): ParsedSource {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const oversize = oversizeOf(plain);
  if (oversize !== undefined) {
    const hint = 'split it into several files';
    return {
      documents: [],
      problems: [{ file, line: 1, column: 1, path: '', message: oversize, hint }],
    };
  }
  if (file.toLowerCase().endsWith('.toml')) {
    const toml = load('./parse-toml.ts') as { parseTomlText: typeof parseTomlText };
    return toml.parseTomlText(file, plain);
  }
  const yaml = load('./parse-yaml.ts') as { parseYamlText: typeof parseYamlText };
  return yaml.parseYamlText(file, plain);
}

function oversizeOf(text: string): string | undefined {
  const bytes = text.length > FILE_BYTES_MAX ? text.length : Buffer.byteLength(text);
  if (bytes > FILE_BYTES_MAX) {
    return `the file is larger than ${FILE_BYTES_MAX / 1024 / 1024} MiB`;
  }
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines > LINES_MAX ? `the file has more than ${groupedNumber(LINES_MAX)} lines` : undefined;
}
