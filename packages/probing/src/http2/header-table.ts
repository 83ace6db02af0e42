// The fields that HPACK refers to by number (RFC 7541 section 2.3): first those that everybody knows,
// then those that this connection's peer has named, youngest first and never more than fit in a size.

type Field = readonly [name: string, value: string];

/** RFC 7541 appendix A; the first has the number 1. */
const STATIC: readonly Field[] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  ...['200', '204', '206', '304', '400', '404', '500'].map((code): Field => [':status', code]),
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ...[
    'accept-language',
    'accept-ranges',
    'accept',
    'access-control-allow-origin',
    'age',
    'allow',
    'authorization',
    'cache-control',
    'content-disposition',
    'content-encoding',
    'content-language',
    'content-length',
    'content-location',
    'content-range',
    'content-type',
    'cookie',
    'date',
    'etag',
    'expect',
    'expires',
    'from',
    'host',
    'if-match',
    'if-modified-since',
    'if-none-match',
    'if-range',
    'if-unmodified-since',
    'last-modified',
    'link',
    'location',
    'max-forwards',
    'proxy-authenticate',
    'proxy-authorization',
    'range',
    'referer',
    'refresh',
    'retry-after',
    'server',
    'set-cookie',
    'strict-transport-security',
    'transfer-encoding',
    'user-agent',
    'vary',
    'via',
    'www-authenticate',
  ].map((name): Field => [name, '']),
];
/** The number of a name, and that of a field, written `name: value`. */
const NUMBERS: ReadonlyMap<string, number> = new Map(
  STATIC.flatMap(([name, value], at): [string, number][] =>
    value === '' ? [[name, at + 1]] : [[`${name}: ${value}`, at + 1]],
  ),
);
/** Names of which each entry has a value; any of them will do. */
const NUMBERS_OF_PSEUDO: ReadonlyMap<string, number> = new Map([
  [':method', 2],
  [':path', 4],
  [':scheme', 6],
  ['accept-encoding', 16],
]);
/** Each entry counts so much more than its text (RFC 7541 section 4.1). */
const ENTRY_BYTES = 32;

/** Of a field that is in the static table as a whole; 0: it is not. */
export function staticFieldNumber(name: string, value: string): number {
  return NUMBERS.get(`${name}: ${value}`) ?? 0;
}

/** 0: it is not in the static table. */
export function staticNameNumber(name: string): number {
  return NUMBERS.get(name) ?? NUMBERS_OF_PSEUDO.get(name) ?? 0;
}

export class HeaderTable {
  /** Oldest first. */
  readonly #entries: Field[] = [];
  #bytes = 0;
  #bytesMax: number;

  /** By RFC 7541's measure: text, and 32 bytes for each entry. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get(number: number): Field | undefined {
    if (number <= STATIC.length) return STATIC[number - 1];
    return this.#entries[this.#entries.length - (number - STATIC.length)];
  }

  /** One that is larger than the table empties it, and is no error. */
  add(name: string, value: string): void {
    const bytes = name.length + value.length + ENTRY_BYTES;
    this.#shrinkTo(this.#bytesMax - bytes);
    if (bytes > this.#bytesMax) return;
    this.#entries.push([name, value]);
    this.#bytes += bytes;
  }

  resize(bytesMax: number): void {
    this.#bytesMax = bytesMax;
    this.#shrinkTo(bytesMax);
  }

  #shrinkTo(bytesMax: number): void {
    while (this.#bytes > bytesMax) {
      const oldest = this.#entries.shift();
      if (oldest === undefined) return;
      this.#bytes -= oldest[0].length + oldest[1].length + ENTRY_BYTES;
    }
  }
}
