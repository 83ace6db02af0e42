// What a received ICMP message says about an echo request of ours. Pure: bytes in, facts or nothing
// out. Whatever is too short, damaged, or about something else is nothing; it must never throw,
// because anybody can send us a packet.

import { internetChecksum } from './checksum.ts';

export interface EchoNews {
  kind: 'reply' | 'error';
  version: 4 | 6;
  identifier: number;
  sequence: number;
  /** Absent where an error quotes too little of our packet. */
  token?: readonly [number, number];
  /** 4 or 16 bytes each. `from` answered or, for an error, told us; `destination` is where we had sent to. */
  from: Uint8Array;
  destination: Uint8Array;
  /** Of the ICMP message. */
  type: number;
  code: number;
}

export interface ReceivedMessage {
  version: 4 | 6;
  bytes: Uint8Array;
  /** Raw IPv4 sockets are given the IP header too, ping sockets and IPv6 are not. */
  withIpHeader: boolean;
  from: Uint8Array;
  /** The end of the message was cut off by our buffer. */
  cut: boolean;
}

const ECHO_HEADER_BYTES = 8;
const TOKEN_END = 16;
const IPV4_HEADER_BYTES_MIN = 20;
const IPV6_HEADER_BYTES = 40;
const PROTOCOL_ICMP = 1;
const PROTOCOL_ICMPV6 = 58;

/** Echo request, echo reply, and the errors worth telling: unreachable, too big, time exceeded. */
export const ICMP_TYPES = {
  4: { request: 8, reply: 0, errors: [3, 11] },
  6: { request: 128, reply: 129, errors: [1, 2, 3] },
} as const;

export function readEchoNews(message: ReceivedMessage): EchoNews | undefined {
  const { version, bytes } = message;
  const start = message.withIpHeader ? ipv4HeaderBytes(bytes) : 0;
  if (start === undefined || bytes.length < start + ECHO_HEADER_BYTES) return undefined;
  // Raw sockets are handed packets before the kernel has looked at their checksum.
  const unchecked = message.withIpHeader && !message.cut;
  if (unchecked && internetChecksum(bytes, start, bytes.length) !== 0) return undefined;
  const type = bytes[start] ?? 0;
  const code = bytes[start + 1] ?? 0;
  const types = ICMP_TYPES[version];
  const { from } = message;
  if (type === types.reply) {
    return { kind: 'reply', version, from, destination: from, type, code, ...echoAt(bytes, start) };
  }
  if (!(types.errors as readonly number[]).includes(type)) return undefined;
  const quoted = readQuotedPacket(bytes.subarray(start + ECHO_HEADER_BYTES), version);
  return quoted && { kind: 'error', version, from, type, code, ...quoted };
}

/** An error that the kernel has taken apart for us: `bytes` is the quoted packet from its ICMP header on. */
export function readQueuedError(
  message: Pick<ReceivedMessage, 'version' | 'bytes' | 'from'>,
  error: { type: number; code: number; destination: Uint8Array },
): EchoNews | undefined {
  const { version, bytes, from } = message;
  if (bytes.length < ECHO_HEADER_BYTES || bytes[0] !== ICMP_TYPES[version].request) {
    return undefined;
  }
  return { kind: 'error', version, from, ...error, ...echoAt(bytes, 0) };
}

type Echo = Pick<EchoNews, 'identifier' | 'sequence' | 'token'>;

/** Errors quote the IP packet that caused them, at least 8 bytes of what it carried (RFC 792). */
function readQuotedPacket(
  bytes: Uint8Array,
  version: 4 | 6,
): (Echo & { destination: Uint8Array }) | undefined {
  const start = version === 4 ? ipv4HeaderBytes(bytes) : ipv6HeaderBytes(bytes);
  if (start === undefined || bytes.length < start + ECHO_HEADER_BYTES) return undefined;
  if (bytes[start] !== ICMP_TYPES[version].request) return undefined;
  const destination = version === 4 ? bytes.subarray(16, 20) : bytes.subarray(24, 40);
  return { destination, ...echoAt(bytes, start) };
}

function echoAt(bytes: Uint8Array, start: number): Echo {
  const identifier = wordAt(bytes, start + 4) >>> 16;
  const sequence = wordAt(bytes, start + 4) & 0xffff;
  if (bytes.length < start + TOKEN_END) return { identifier, sequence };
  const token = [wordAt(bytes, start + 8), wordAt(bytes, start + 12)] as const;
  return { identifier, sequence, token };
}

/** Length of an IPv4 header that carries ICMP; undefined when there is none. */
function ipv4HeaderBytes(bytes: Uint8Array): number | undefined {
  const first = bytes[0] ?? 0;
  const length = (first & 0x0f) * 4;
  if (first >> 4 !== 4 || length < IPV4_HEADER_BYTES_MIN || bytes.length < length) {
    return undefined;
  }
  return bytes[9] === PROTOCOL_ICMP ? length : undefined;
}

/** We send no extension headers, so a quote of ours has none. */
function ipv6HeaderBytes(bytes: Uint8Array): number | undefined {
  const isOurs = bytes.length >= IPV6_HEADER_BYTES && (bytes[0] ?? 0) >> 4 === 6;
  return isOurs && bytes[6] === PROTOCOL_ICMPV6 ? IPV6_HEADER_BYTES : undefined;
}

function wordAt(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const low = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  return high * 0x10000 + low;
}
