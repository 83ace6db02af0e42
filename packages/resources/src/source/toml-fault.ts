// TOML's syntax errors in words that say what to do, with the line at hand: most are a text without
// quotes, or YAML written into a TOML file.

const HINTS: [RegExp, string][] = [
  [/^Unterminated string/, 'close the quote, or use """ for several lines'],
  [/^Unterminated array/, 'close the list with ]'],
  [/^Unterminated inline table/, 'close the table with }'],
  [/^No newlines are allowed/, 'write the inline table on one line, or as a [table] of its own'],
  [/^Must be a newline/, 'write one field a line'],
  [/^Leading zeros/, 'write the number without leading zeros, or as "text"'],
  [/^Invalid (date|time)/, 'put it in quotes if it is a text'],
  [/escape/i, "write the text in 'single quotes', where a backslash is just a backslash"],
];

/** `lines` are those up to the fault's own. */
export function tomlFault(
  parserMessage: string,
  lines: readonly string[],
  column: number,
): { message: string; hint?: string } {
  const line = lines.at(-1) ?? '';
  const open = /^\s*([\w.-]+)\s*=\s*$/.exec(lines.at(-2) ?? '')?.[1];
  if (open !== undefined && line.slice(0, column - 1).trim() === '') {
    return { message: `${open} in the line above has no value`, hint: `write ${open} = …` };
  }
  const name = /^\s*([\w.-]+)\s*=/.exec(line)?.[1];
  if (parserMessage.startsWith('Defining a key multiple times')) {
    const key = /^\s*\[*\s*([^\]=]+?)\s*[\]=]/.exec(line)?.[1] ?? 'this';
    return { message: `"${key}" is defined twice`, hint: 'keep one of the two' };
  }
  if (name !== undefined && column > line.indexOf('=')) {
    const value = line.slice(line.indexOf('=') + 1).trim();
    if (value === '') return { message: `${name} has no value`, hint: `write ${name} = …` };
    if (/^(true|false)$/i.test(value)) {
      return { message: `${value} is not TOML`, hint: `write ${name} = ${value.toLowerCase()}` };
    }
    if (/^[A-Za-z0-9*./]/.test(value) && !/[="'{}[\]]/.test(value)) {
      return { message: 'a text needs quotes in TOML', hint: `write ${name} = "${value}"` };
    }
  }
  if (/^\s*-?\s*[\w-]+:(\s|$)/.test(line)) {
    return {
      message: 'this is YAML, not TOML',
      hint: 'write name = value, or call the file .yaml',
    };
  }
  const message = parserMessage.charAt(0).toLowerCase() + parserMessage.slice(1);
  const hint = HINTS.find(([pattern]) => pattern.test(parserMessage))?.[1];
  return hint === undefined ? { message } : { message, hint };
}
