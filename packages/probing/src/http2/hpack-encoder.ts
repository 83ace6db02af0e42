// Writes header blocks (RFC 7541): numbers of the static table where there is one, plain text otherwise.
// Nothing is kept between blocks, so blocks can be written once and sent again and again, and no
// secret ever enters a table.

import { staticFieldNumber, staticNameNumber } from './header-table.ts';

/** In front of the next block once the peer has made its table smaller (RFC 7541 section 4.2): ours holds nothing. */
export const EMPTY_TABLE = Buffer.from([0x20]);

/** Names in lower case. What begins with a colon goes first, as it must (RFC 9113 section 8.3). */
export function encodeFields(fields: Readonly<Record<string, string>>): Buffer {
  const all = Object.entries(fields);
  const isPseudo = ([name]: [string, string]) => name.startsWith(':');
  const parts: Buffer[] = [];
  for (const [name, value] of all.filter(isPseudo)) pushField(parts, name, value);
  for (const field of all) if (!isPseudo(field)) pushField(parts, field[0], field[1].trim());
  return Buffer.concat(parts);
}

function pushField(parts: Buffer[], name: string, value: string): void {
  const whole = staticFieldNumber(name, value);
  if (whole > 0) parts.push(numberBytes(whole, 7, 0x80));
  else pushLiteral(parts, name, value);
}

/** Without indexing (RFC 7541 section 6.2.2). */
function pushLiteral(parts: Buffer[], name: string, value: string): void {
  const number = staticNameNumber(name);
  parts.push(numberBytes(number, 4, 0));
  if (number === 0) pushText(parts, name);
  pushText(parts, value);
}

function pushText(parts: Buffer[], text: string): void {
  const bytes = Buffer.from(text);
  parts.push(numberBytes(bytes.length, 7, 0), bytes);
}

/** RFC 7541 section 5.1. */
function numberBytes(value: number, prefixBits: number, flags: number): Buffer {
  const prefixMax = 2 ** prefixBits - 1;
  if (value < prefixMax) return Buffer.from([flags | value]);
  const bytes = [flags | prefixMax];
  let rest = value - prefixMax;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}
