// YAML's syntax errors in words that say what to do. Faults without words of their own keep the
// parser's message.

import type { YAMLError } from 'yaml';

interface FaultWords {
  message: string;
  hint?: string;
}

const WORDS: Partial<Record<YAMLError['code'], FaultWords>> = {
  TAB_AS_INDENT: { message: 'a tab cannot indent YAML', hint: 'write spaces, two for each level' },
  BAD_INDENT: {
    message: 'the indentation fits nothing above it',
    hint: 'fields of one mapping start in one column; close every [ and {',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'a field name cannot span lines',
    hint: 'look for a missing colon after a name, or a quote that never closes',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second `: ` on one line',
    hint: 'put the value in quotes, or start a new line',
  },
  BAD_ALIAS: { message: 'the alias names no anchor above it', hint: 'define it first with &name' },
  MULTIPLE_ANCHORS: { message: 'a value can have one anchor', hint: 'remove one' },
  BAD_SCALAR_START: { message: 'a value cannot start so', hint: 'put it in quotes' },
  BAD_DQ_ESCAPE: {
    message: 'unknown escape in a "double-quoted" text',
    hint: "write the text in 'single quotes', where a backslash is just a backslash",
  },
  TAG_RESOLVE_FAILED: { message: 'tags such as !name mean nothing here', hint: 'remove the tag' },
  RESOURCE_EXHAUSTION: { message: 'the file is nested too deeply', hint: 'make it flatter' },
};

export function yamlFault(fault: YAMLError, text: string): FaultWords {
  if (fault.code === 'BAD_INDENT' && fault.message.startsWith('Flow')) {
    const list = fault.message.includes('sequence');
    return {
      message: `a ${list ? 'list' : 'mapping'} in ${list ? '[' : '{'} is not closed above`,
      hint: `close it with ${list ? ']' : '}'}`,
    };
  }
  const quote = /^Missing closing (['"])quote/.exec(fault.message)?.[1];
  if (quote !== undefined) {
    return {
      message: `a ${quote} is never closed`,
      hint: `look for the text that starts with ${quote}`,
    };
  }
  const words = WORDS[fault.code];
  if (words !== undefined) return words;
  if (fault.code === 'MISSING_CHAR' && text.length <= fault.pos[0]) {
    return {
      message: `${sentence(fault.message)}, but the file ends here`,
      hint: 'close what is open',
    };
  }
  return { message: sentence(fault.message) };
}

/** Our messages start small and end without a full stop; one line each. */
function sentence(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').replace(/[.:]$/, '');
  return line.charAt(0).toLowerCase() + line.slice(1);
}
