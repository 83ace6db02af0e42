// What the OPT record of an answer says: the upper bits of the response code, who answered, and why
// an answer is what it is. Options that are not sound are passed over: they are no part of the
// answer. Texts are cut and cleaned, because they come from anyone and people read them.

import type { RawRecord } from './message-frame.ts';

/** RFC 8914. */
export interface ExtendedError {
  code: number;
  /** The register's word for the code; absent when it has none here. */
  meaning?: string;
  /** The server's own words. */
  text?: string;
}

const NSID = 3;
const EXTENDED_ERROR = 15;
const OPTION_HEAD_BYTES = 4;
const ERRORS_MAX = 5;
const TEXT_LENGTH_MAX = 200;

/** Of the register of IANA. */
const MEANINGS: ReadonlyMap<number, string> = new Map([
  [1, 'unsupported DNSKEY algorithm'],
  [2, 'unsupported DS digest type'],
  [3, 'stale answer'],
  [4, 'forged answer'],
  [5, 'DNSSEC indeterminate'],
  [6, 'DNSSEC bogus'],
  [7, 'signature expired'],
  [8, 'signature not yet valid'],
  [9, 'DNSKEY missing'],
  [10, 'RRSIGs missing'],
  [11, 'no zone key bit set'],
  [12, 'NSEC missing'],
  [13, 'cached error'],
  [14, 'not ready'],
  [15, 'blocked'],
  [16, 'censored'],
  [17, 'filtered'],
  [18, 'prohibited'],
  [19, 'stale NXDOMAIN answer'],
  [20, 'not authoritative'],
  [21, 'not supported'],
  [22, 'no reachable authority'],
  [23, 'network error'],
  [24, 'invalid data'],
]);

export class EdnsReader {
  present = false;
  /** The bits that EDNS adds above the four of the header. */
  extendedRcode = 0;
  nsid: string | undefined;
  readonly extendedErrors: ExtendedError[] = [];

  take(bytes: Buffer, { ttlSeconds, dataAt, end }: RawRecord): void {
    this.present = true;
    this.extendedRcode = ttlSeconds >>> 24;
    let at = dataAt;
    while (at + OPTION_HEAD_BYTES <= end) {
      const code = bytes.readUInt16BE(at);
      const from = at + OPTION_HEAD_BYTES;
      const to = from + bytes.readUInt16BE(at + 2);
      if (to > end) return;
      this.#option(code, bytes.subarray(from, to));
      at = to;
    }
  }

  #option(code: number, data: Buffer): void {
    if (code === NSID && data.length > 0) this.nsid = nsidText(data);
    if (code !== EXTENDED_ERROR || data.length < 2) return;
    if (this.extendedErrors.length < ERRORS_MAX) this.extendedErrors.push(extendedError(data));
  }
}

function extendedError(data: Buffer): ExtendedError {
  const error: ExtendedError = { code: data.readUInt16BE(0) };
  const meaning = MEANINGS.get(error.code);
  if (meaning !== undefined) error.meaning = meaning;
  const text = cleaned(data.subarray(2).toString());
  if (text !== '') error.text = text;
  return error;
}

/** Most servers say a text there; whatever else it is, is shown in hexadecimal. */
function nsidText(data: Buffer): string {
  const isText = data.every((byte) => byte >= 0x20 && byte < 0x7f);
  return cleaned(data.toString(isText ? 'latin1' : 'hex'));
}

function cleaned(text: string): string {
  return text
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .slice(0, TEXT_LENGTH_MAX)
    .trim();
}
