// IP addresses as ICMP sockets take and give them: bytes to compare, struct sockaddr to send to, and
// text for people. A zone (`fe80::1%eth0`) is the interface that a link-local address is meant for.

import { SocketAddress } from 'node:net';
import { networkInterfaces } from 'node:os';
import { parseIpAddress } from '../dial/ip-address.ts';

export interface EchoAddress {
  version: 4 | 6;
  /** 4 or 16, network order. */
  bytes: Uint8Array;
  /** struct sockaddr_in or sockaddr_in6. */
  socketAddress: Buffer;
}

const AF_INET = 2;
const AF_INET6 = 10;

/** undefined when the text is no IP address. */
export function echoAddressOf(ip: string): EchoAddress | undefined {
  const address = parseIpAddress(ip);
  if (address === undefined) return undefined;
  const { version, bytes } = address;
  const socketAddress = Buffer.from(new ArrayBuffer(version === 4 ? 16 : 28));
  socketAddress.writeUInt16LE(version === 4 ? AF_INET : AF_INET6, 0);
  socketAddress.set(bytes, version === 4 ? 4 : 8);
  const [, zone] = ip.split('%');
  if (version === 6 && zone !== undefined) socketAddress.writeUInt32LE(scopeOf(zone), 24);
  return { version, bytes, socketAddress };
}

/** `192.0.2.1`, `2001:db8::1` */
export function textOfAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const hexadecimal = Buffer.from(bytes).toString('hex');
  const groups = hexadecimal.match(/.{4}/g) ?? [];
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}

/** 0, which the kernel refuses for a link-local address, when there is no such interface. */
function scopeOf(zone: string): number {
  if (/^\d{1,9}$/.test(zone)) return Number(zone);
  const entries = networkInterfaces()[zone] ?? [];
  return entries.find((entry) => entry.family === 'IPv6')?.scopeid ?? 0;
}
