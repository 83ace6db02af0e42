// The data of NSEC (RFC 4034 section 4) and NSEC3 (RFC 5155 section 3). What is not sound is nothing.

import { readName } from '../dns-name.ts';
import { TYPE } from './signed-records.ts';

export interface Nsec3Data {
  optOut: boolean;
  iterations: number;
  salt: Buffer;
  next: Buffer;
  types: ReadonlySet<number>;
}

const SHA_1 = 1;
const WINDOW_BYTES_MAX = 32;
const SALT_AT = 5;

export function readNsec(data: Buffer): { next: string; types: ReadonlySet<number> } | undefined {
  const name = readName(data, 0);
  if (name === undefined) return undefined;
  const types = readTypes(data.subarray(name.end));
  return types && { next: name.text.toLowerCase(), types };
}

export function readNsec3(data: Buffer): Nsec3Data | undefined {
  const hashAt = SALT_AT + (data[SALT_AT - 1] ?? 0);
  const nextAt = hashAt + 1;
  const end = nextAt + (data[hashAt] ?? 0);
  if (data[0] !== SHA_1 || end === nextAt || end > data.length) return undefined;
  const types = readTypes(data.subarray(end));
  if (types === undefined) return undefined;
  return {
    optOut: ((data[1] ?? 0) & 1) !== 0,
    iterations: data.readUInt16BE(2),
    salt: data.subarray(SALT_AT, hashAt),
    next: data.subarray(nextAt, end),
    types,
  };
}

/** The record at the apex of a zone says nothing of the DS above it, one above nothing of what is below. */
export function lacks(types: ReadonlySet<number>, type: number, isRoot: boolean): boolean {
  if (types.has(type) || types.has(TYPE.CNAME)) return false;
  if (type === TYPE.DS) return isRoot || !types.has(TYPE.SOA);
  return !types.has(TYPE.NS) || types.has(TYPE.SOA);
}

function readTypes(bytes: Buffer): ReadonlySet<number> | undefined {
  const types = new Set<number>();
  let at = 0;
  while (at < bytes.length) {
    const [window = 0, length = 0] = [bytes[at], bytes[at + 1]];
    const from = at + 2;
    if (length === 0 || length > WINDOW_BYTES_MAX || from + length > bytes.length) return undefined;
    for (let bit = 0; bit < length * 8; bit += 1) {
      const isSet = ((bytes[from + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0;
      if (isSet) types.add((window << 8) | bit);
    }
    at = from + length;
  }
  return types;
}
