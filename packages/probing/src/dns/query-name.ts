// The name that people write, made ready to be asked for: international names in ASCII, an address
// with PTR as its name under in-addr.arpa or ip6.arpa. The encoder below writes labels of any length
// without a word, so what does not fit a message has to be stopped here.

import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { DnsRecordType } from '@holdfast/resources/compiled-check';
import { parseIpAddress } from '../dial/ip-address.ts';
import { LABEL_BYTES_MAX } from './dns-name.ts';

/** As text: 255 bytes less the first length and the root. */
const NAME_LENGTH_MAX = 253;
const PLAIN = /^[\x21-\x7e]*$/;

/** Without a dot at the end, but `.` for the root; undefined when this cannot be a name. */
export function queryName(name: string, recordType: DnsRecordType): string | undefined {
  if (name === '.') return name;
  if (recordType === 'PTR' && isIP(name) !== 0) return reverseName(name);
  const ascii = PLAIN.test(name) ? name : domainToASCII(name);
  const relative = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  return isSound(relative) ? relative : undefined;
}

function isSound(name: string): boolean {
  if (name.length > NAME_LENGTH_MAX || !PLAIN.test(name) || name.includes('\\')) return false;
  return name.split('.').every(({ length }) => length > 0 && length <= LABEL_BYTES_MAX);
}

function reverseName(ip: string): string | undefined {
  const address = parseIpAddress(ip);
  if (address === undefined) return undefined;
  const reversed = [...address.bytes].reverse();
  if (address.version === 4) return `${reversed.join('.')}.in-addr.arpa`;
  const digits = reversed.flatMap((byte) => [byte & 0x0f, byte >> 4]);
  return `${digits.map((digit) => digit.toString(16)).join('.')}.ip6.arpa`;
}
