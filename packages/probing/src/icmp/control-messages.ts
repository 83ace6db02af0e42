// The control messages that Linux puts beside a received packet: time to live or hop limit, the time
// at which the kernel received it, and what an entry of the error queue is about. Places are of
// struct cmsghdr and struct sock_extended_err on 64-bit Linux. Pure; it must never read past the end.

export interface ControlFacts {
  ttl?: number;
  /** CLOCK_REALTIME of the kernel. */
  receivedSeconds?: number;
  receivedNanoseconds?: number;
  error?: { type: number; code: number; from: Uint8Array };
}

const HEADER_BYTES = 16;
const SOL_IP = 0;
const SOL_SOCKET = 1;
const SOL_IPV6 = 41;
const IP_TTL = 2;
const IP_RECVERR = 11;
const IPV6_RECVERR = 25;
const IPV6_HOPLIMIT = 52;
const SCM_TIMESTAMPNS = 35;
const EXTENDED_ERROR_BYTES = 16;
const ORIGIN_ICMP = 2;
const ORIGIN_ICMPV6 = 3;
const INET_ADDRESS_AT = EXTENDED_ERROR_BYTES + 4;
const INET6_ADDRESS_AT = EXTENDED_ERROR_BYTES + 8;

export function readControlMessages(bytes: Buffer): ControlFacts {
  const facts: ControlFacts = {};
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    // The length's upper half is never used: no control buffer is that large.
    const length = bytes.readUInt32LE(at);
    if (length < HEADER_BYTES || at + length > bytes.length) break;
    const level = bytes.readInt32LE(at + 8);
    const type = bytes.readInt32LE(at + 12);
    readOne(level, type, bytes.subarray(at + HEADER_BYTES, at + length), facts);
    at += (length + 7) & ~7;
  }
  return facts;
}

function readOne(level: number, type: number, data: Buffer, facts: ControlFacts): void {
  const isTtl =
    (level === SOL_IP && type === IP_TTL) || (level === SOL_IPV6 && type === IPV6_HOPLIMIT);
  if (isTtl && data.length >= 4) facts.ttl = data.readInt32LE(0);
  else if (level === SOL_SOCKET && type === SCM_TIMESTAMPNS && data.length >= 16) {
    facts.receivedSeconds = data.readUInt32LE(0);
    facts.receivedNanoseconds = data.readUInt32LE(8);
  } else if (level === SOL_IP && type === IP_RECVERR) {
    readError(data, ORIGIN_ICMP, INET_ADDRESS_AT, 4, facts);
  } else if (level === SOL_IPV6 && type === IPV6_RECVERR) {
    readError(data, ORIGIN_ICMPV6, INET6_ADDRESS_AT, 16, facts);
  }
}

function readError(
  data: Buffer,
  origin: number,
  addressAt: number,
  addressBytes: number,
  facts: ControlFacts,
): void {
  // Other origins are this machine's own notes, such as a path MTU.
  if (data.length < addressAt + addressBytes || data[4] !== origin) return;
  const from = data.subarray(addressAt, addressAt + addressBytes);
  facts.error = { type: data[5] ?? 0, code: data[6] ?? 0, from };
}
