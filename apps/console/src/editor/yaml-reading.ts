// Reads the YAML that people write for a check, so that the form can follow a text edited by hand:
// mappings, lists, quoted and plain scalars, `[…]` and `{…}` on one line, and `|` texts. What goes
// beyond (anchors, tags, folded texts) is not guessed at: the answer is undefined, and the server alone
// judges the text.

const LENGTH_MAX = 65_536;
const DEPTH_MAX = 30;
const KEY = /^("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'#&*!|>%@`[\]{},-][^:#]*?)\s*:(?:\s+(.*))?$/;

/** undefined = not in the part of YAML that is read here. */
export function readYaml(text: string): unknown {
  if (text.length > LENGTH_MAX || text.includes('\t')) return undefined;
  return new YamlReader(text.split(/\r?\n/)).read();
}

class YamlReader {
  readonly #lines: string[];
  #at = 0;
  #broken = false;

  constructor(lines: string[]) {
    this.#lines = lines;
  }

  read(): unknown {
    this.#skipBlank();
    if (this.#at >= this.#lines.length) return {};
    const value = this.#block(this.#indent(), 0);
    this.#skipBlank();
    return this.#broken || this.#at < this.#lines.length ? undefined : value;
  }

  #block(indent: number, depth: number): unknown {
    if (depth > DEPTH_MAX) return this.#refuse();
    return /^-( |$)/.test(this.#text()) ? this.#list(indent, depth) : this.#mapping(indent, depth);
  }

  #mapping(indent: number, depth: number): unknown {
    const mapping: Record<string, unknown> = Object.create(null);
    while (this.#stands(indent) && !/^-( |$)/.test(this.#text())) {
      const found = KEY.exec(withoutComment(this.#text()));
      const key = found === null ? undefined : this.#scalar(found[1] ?? '');
      if (key === undefined || String(key) in mapping) return this.#refuse();
      this.#at += 1;
      mapping[String(key)] = this.#value((found?.[2] ?? '').trim(), indent, depth, true);
    }
    if (this.#stranded(indent)) return this.#refuse();
    return { ...mapping };
  }

  #list(indent: number, depth: number): unknown {
    const list: unknown[] = [];
    while (this.#stands(indent) && /^-( |$)/.test(this.#text())) {
      const rest = this.#text().slice(1).trimStart();
      const inner = indent + this.#text().length - rest.length;
      if (KEY.test(withoutComment(rest)) || /^-( |$)/.test(rest)) {
        this.#lines[this.#at] = ' '.repeat(inner) + rest;
        list.push(this.#block(inner, depth + 1));
      } else {
        this.#at += 1;
        list.push(this.#value(withoutComment(rest).trim(), indent, depth, false));
      }
    }
    if (this.#stranded(indent)) return this.#refuse();
    return list;
  }

  /** The list of a key may stand no further in than the key; that of an item may not. */
  #value(written: string, indent: number, depth: number, ofKey: boolean): unknown {
    if (this.#broken) return null;
    if (/^\|[-+]?$/.test(written)) return this.#literal(indent, written);
    if (written !== '') return this.#scalar(written);
    this.#skipBlank();
    if (this.#at >= this.#lines.length) return null;
    const next = this.#indent();
    const listBelow = ofKey && next === indent && /^-( |$)/.test(this.#text());
    return next > indent || (listBelow && depth < DEPTH_MAX) ? this.#block(next, depth + 1) : null;
  }

  #literal(indent: number, sign: string): unknown {
    const taken: string[] = [];
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at] ?? '';
      if (line.trim() !== '' && indentOf(line) <= indent) break;
      taken.push(line);
      this.#at += 1;
    }
    const first = taken.find((line) => line.trim() !== '');
    if (first === undefined || sign === '|+') return this.#refuse();
    const text = taken.map((line) => line.slice(indentOf(first))).join('\n');
    return text.replace(/\n*$/, sign === '|-' ? '' : '\n');
  }

  #scalar(written: string): unknown {
    if (/^[[{]/.test(written)) return this.#flow(written);
    if (written.startsWith('"')) return this.#json(written);
    if (written.startsWith("'")) {
      if (!/^'(?:[^']|'')*'$/.test(written)) return this.#refuse();
      return written.slice(1, -1).replaceAll("''", "'");
    }
    if (/^[&*!|>%@`\]},]/.test(written) || /: /.test(written)) return this.#refuse();
    return plainScalar(written);
  }

  /** One line of `[a, b]` or `{a: b}` without another inside; what is also JSON is read as that. */
  #flow(written: string): unknown {
    try {
      return JSON.parse(written);
    } catch {
      const inner = /^\[([^[\]{}"'#]*)\]$/.exec(written)?.[1];
      if (inner !== undefined)
        return inner.trim() === '' ? [] : inner.split(',').map((item) => plainScalar(item.trim()));
      const pairs = /^\{([^[\]{}"'#]*)\}$/.exec(written)?.[1]?.split(',');
      const read = pairs?.map((pair) => /^\s*([\w-]+):\s+(.*?)\s*$/.exec(pair));
      if (read === undefined || read.includes(null)) return this.#refuse();
      return Object.fromEntries(
        read.map((pair) => [pair?.[1] ?? '', plainScalar(pair?.[2] ?? '')]),
      );
    }
  }

  #json(written: string): unknown {
    try {
      return JSON.parse(written);
    } catch {
      return this.#refuse();
    }
  }

  #stands(indent: number): boolean {
    this.#skipBlank();
    return !this.#broken && this.#at < this.#lines.length && this.#indent() === indent;
  }

  /** A line further in than anything that could hold it. */
  #stranded(indent: number): boolean {
    return !this.#broken && this.#at < this.#lines.length && this.#indent() > indent;
  }

  #skipBlank(): void {
    while (this.#at < this.#lines.length && /^\s*(#.*)?$/.test(this.#lines[this.#at] ?? ''))
      this.#at += 1;
  }

  #indent(): number {
    return indentOf(this.#lines[this.#at] ?? '');
  }

  #text(): string {
    return (this.#lines[this.#at] ?? '').trim();
  }

  #refuse(): undefined {
    this.#broken = true;
    this.#at = this.#lines.length;
    return undefined;
  }
}

function plainScalar(written: string): unknown {
  if (/^(null|~|)$/i.test(written)) return null;
  if (/^(true|false)$/i.test(written)) return written.toLowerCase() === 'true';
  if (/^-?(0|[1-9]\d*)(\.\d+)?(e[-+]?\d+)?$/i.test(written)) return Number(written);
  return written;
}

/** A `#` after a blank begins a comment, but not within quotes. */
function withoutComment(text: string): string {
  let quote = '';
  for (let place = 0; place < text.length; place += 1) {
    const letter = text.charAt(place);
    if (quote !== '') {
      if (letter === '\\' && quote === '"') place += 1;
      else if (letter === quote) quote = '';
    } else if ((letter === '"' || letter === "'") && /^$|[\s:[{,-]$/.test(text.slice(0, place)))
      quote = letter;
    else if (letter === '#' && /\s/.test(text.charAt(place - 1)))
      return text.slice(0, place).trimEnd();
  }
  return text;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
