// Where a command speaks: standard output for the answer, standard error for everything else, both
// handed in so that tests read them. Knows width and colour; honours NO_COLOR.

export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** Columns of the answer's device; 80 where there is none. */
  readonly columns: number;
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

const COLUMNS_DEFAULT = 80;

export function processTerminal(environment: NodeJS.ProcessEnv): Terminal {
  const person = process.stdout.isTTY === true;
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '';
  return {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    columns: process.stdout.columns || COLUMNS_DEFAULT,
    colour: person && !environment.NO_COLOR && environment.TERM !== 'dumb',
    unicode: !person || process.platform === 'win32' || /utf-?8/i.test(locale),
  };
}
