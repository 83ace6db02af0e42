// IP addresses and CIDR blocks as bytes. An IPv4 address written as IPv6 (`::ffff:1.2.3.4`) is the
// IPv4 address here, so that a policy for one spelling holds for both.

import { isIPv4, isIPv6 } from 'node:net';

export interface IpAddress {
  version: 4 | 6;
  /** 4 or 16, network order. */
  bytes: Uint8Array;
}

export interface IpBlock extends IpAddress {
  /** Leading bits that must be equal. */
  prefixBits: number;
}

/** undefined when the text is no IP address. A zone (`%eth0`) is left out. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (isIPv4(text)) return { version: 4, bytes: Uint8Array.from(text.split('.'), Number) };
  const [address = ''] = text.split('%');
  if (!isIPv6(address)) return undefined;
  const bytes = parseIpv6(address);
  return isMapped(bytes) ? { version: 4, bytes: bytes.slice(12) } : { version: 6, bytes };
}

/** `10.0.0.0/8`, or an address alone for its single-address block; undefined when it is neither. */
export function parseIpBlock(text: string): IpBlock | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const ip = parseIpAddress(address);
  if (ip === undefined || rest.length > 0) return undefined;
  const bits = ip.bytes.length * 8;
  if (prefix === undefined) return { ...ip, prefixBits: bits };
  if (!/^\d{1,3}$/.test(prefix)) return undefined;
  // `::ffff:10.0.0.0/104` is written against 128 bits.
  const prefixBits = Number(prefix) - (ip.version === 4 && address.includes(':') ? 96 : 0);
  return prefixBits < 0 || prefixBits > bits ? undefined : { ...ip, prefixBits };
}

export function blockHolds(block: IpBlock, ip: IpAddress): boolean {
  if (block.version !== ip.version) return false;
  const wholeBytes = block.prefixBits >> 3;
  for (let at = 0; at < wholeBytes; at += 1) if (block.bytes[at] !== ip.bytes[at]) return false;
  const restBits = block.prefixBits & 7;
  if (restBits === 0) return true;
  const mask = 0xff << (8 - restBits);
  return ((block.bytes[wholeBytes] ?? 0) & mask) === ((ip.bytes[wholeBytes] ?? 0) & mask);
}

/** The text must be a valid IPv6 address. */
function parseIpv6(text: string): Uint8Array {
  const lastColon = text.lastIndexOf(':');
  const tail = text.slice(lastColon + 1);
  const hexadecimal = isIPv4(tail) ? text.slice(0, lastColon + 1) + hexadecimalOf(tail) : text;
  const [left = '', right] = hexadecimal.split('::');
  const head = groupsOf(left);
  const end = right === undefined ? [] : groupsOf(right);
  const bytes = new Uint8Array(16);
  head.forEach((group, index) => {
    bytes[index * 2] = group >> 8;
    bytes[index * 2 + 1] = group & 0xff;
  });
  end.forEach((group, index) => {
    const at = 16 - (end.length - index) * 2;
    bytes[at] = group >> 8;
    bytes[at + 1] = group & 0xff;
  });
  return bytes;
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

function hexadecimalOf(ipv4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

/** ::ffff:0:0/96 */
function isMapped(bytes: Uint8Array): boolean {
  return bytes.every((byte, at) => at >= 12 || byte === (at < 10 ? 0 : 0xff));
}
