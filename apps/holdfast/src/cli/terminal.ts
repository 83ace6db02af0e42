// Where a command speaks: standard output for the answer, standard error for everything else, both
// handed in so that tests read them. Knows width and colour; honours NO_COLOR.

export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** Columns of the answer's device; 80 where there is none. */
  readonly columns: number;
  /** Where long texts are broken for a person; absent: nowhere, as programs want it. */
  readonly breakAt?: number;
  /** Whether the answer goes to a person's terminal that shows colour. */
  readonly colour: boolean;
  /** Whether the terminal's encoding shows more than ASCII. */
  readonly unicode: boolean;
}

export type Paint = 'green' | 'red' | 'amber' | 'grey' | 'bold' | 'cyan' | 'blue' | 'magenta';

const CODES: Record<Paint, string> = {
  green: '32',
  red: '31',
  amber: '33',
  grey: '90',
  bold: '1',
  cyan: '36',
  blue: '34',
  magenta: '35',
};

export function paint(terminal: Terminal, how: Paint, text: string): string {
  return terminal.colour ? `\u001b[${CODES[how]}m${text}\u001b[0m` : text;
}

/** Cuts the middle out of what is too long: the ends of names tell them apart. */
export function fit(terminal: Pick<Terminal, 'unicode'>, text: string, columns: number): string {
  if (text.length <= columns) return text;
  const mark = terminal.unicode ? '…' : '..';
  const room = Math.max(0, columns - mark.length);
  const head = Math.ceil(room / 2);
  return text.slice(0, head) + mark + text.slice(text.length - (room - head));
}

/** Breaks a text between words; lines after the first begin so far to the right. */
export function wrapped(
  { breakAt = Number.POSITIVE_INFINITY }: Pick<Terminal, 'breakAt'>,
  text: string,
  indent: number,
): string {
  const room = Math.max(20, breakAt - indent);
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= room)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}

/** What a target said may hold signs that steer a terminal, or turn the direction of writing: they are shown, not obeyed. */
export function printable(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const COLUMNS_DEFAULT = 80;

export function processTerminal(environment: NodeJS.ProcessEnv): Terminal {
  const person = process.stdout.isTTY === true;
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '';
  return {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    columns: process.stdout.columns || COLUMNS_DEFAULT,
    ...(person ? { breakAt: process.stdout.columns || COLUMNS_DEFAULT } : {}),
    colour: person && !environment.NO_COLOR && environment.TERM !== 'dumb',
    unicode: !person || process.platform === 'win32' || /utf-?8/i.test(locale),
  };
}
