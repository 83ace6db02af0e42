// YAML text to trees. Lexer, parser and composer are driven one token at a time, so that a text that
// is too deep or too large is given up before it costs anything. See yaml-tree.ts for what follows.

import { Composer, type Document, Lexer, type ParsedNode, Parser } from 'yaml';
import type { Problem } from '../problem.ts';
import { LineIndex } from './line-index.ts';
import type { ParsedSource } from './parsed-source.ts';
import { DEPTH_MAX } from './source-node.ts';
import { yamlFault } from './yaml-fault.ts';
import { YamlTree } from './yaml-tree.ts';

type YamlDocument = Document.Parsed<ParsedNode>;

/** About four lexemes make a value; some 12,000 checks of six fields fit. */
const LEXEMES_MAX = 800_000;
/** A level of nesting holds at most two entries of the parser's stack. */
const STACK_MAX = 2 * DEPTH_MAX + 8;
const DOCUMENTS_MAX = 1_000;
/** After a syntax error the rest is guesswork; more of it helps nobody. */
const SYNTAX_PROBLEMS_MAX = 20;

export function parseYamlText(file: string, text: string): ParsedSource {
  const lines = new LineIndex(text);
  const placeOf = (offset: number) => lines.placeOf(Math.min(offset, text.length));
  const composed = compose(text);
  if ('message' in composed) {
    const problem = { file, ...placeOf(composed.offset), path: '', message: composed.message };
    return { documents: [], problems: [{ ...problem, hint: composed.hint }] };
  }
  const faults = composed.flatMap((document) => [...document.errors, ...document.warnings]);
  if (faults.length > 0) {
    const shown = faults.slice(0, SYNTAX_PROBLEMS_MAX);
    const problems: Problem[] = shown.map((fault) => ({
      file,
      ...placeOf(fault.pos[0]),
      path: '',
      ...yamlFault(fault, text),
    }));
    return { documents: [], problems };
  }
  return new YamlTree(file, placeOf).read(composed);
}

interface GivenUp {
  offset: number;
  message: string;
  hint: string;
}

function compose(text: string): YamlDocument[] | GivenUp {
  const parser = new Parser();
  const composer = new Composer({
    uniqueKeys: false,
    prettyErrors: false,
    resolveKnownTags: false,
    logLevel: 'silent',
  });
  const tokens = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    lexemes += 1;
    if (parser.stack.length > STACK_MAX) return tooDeep(parser.offset);
    if (lexemes > LEXEMES_MAX) {
      return {
        offset: 0,
        message: 'the file holds too many values',
        hint: 'split it into several files',
      };
    }
  }
  for (const token of parser.end()) tokens.push(token);
  const documents: YamlDocument[] = [];
  for (const token of tokens) for (const document of composer.next(token)) documents.push(document);
  for (const document of composer.end(false, text.length)) documents.push(document);
  if (documents.length <= DOCUMENTS_MAX) return documents;
  return {
    offset: 0,
    message: `the file has more than ${DOCUMENTS_MAX} documents`,
    hint: 'split it',
  };
}

function tooDeep(offset: number): GivenUp {
  return {
    offset,
    message: `the file is nested deeper than ${DEPTH_MAX} levels`,
    hint: 'look for brackets or indentation that never close',
  };
}
