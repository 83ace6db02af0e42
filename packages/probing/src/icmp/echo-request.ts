// An ICMP echo request as bytes (RFC 792 for IPv4, RFC 4443 section 4.1 for IPv6). The payload opens
// with a token that nobody can guess and the time of sending; what follows only fills. The checksum
// of IPv6 covers addresses that only the kernel knows, so the kernel writes it (RFC 3542 section 3.1).

import { internetChecksum } from './checksum.ts';

export const ICMP_HEADER_BYTES = 8;
/** Token and time: a payload is never smaller. */
export const PAYLOAD_BYTES_MIN = 16;
/** An IPv4 packet of 65,535 bytes less its header and ours. */
export const PAYLOAD_BYTES_MAX = 65_507;

const ECHO_REQUEST_V4 = 8;
const ECHO_REQUEST_V6 = 128;

export interface EchoRequest {
  version: 4 | 6;
  /** 16 bits each. A ping socket's kernel puts its own identifier in. */
  identifier: number;
  sequence: number;
  /** Two words of 32 bits. */
  token: readonly [number, number];
  sentSeconds: number;
  sentNanoseconds: number;
  payloadBytes: number;
}

/** Writes the packet to the beginning of `into` and answers its length in bytes. */
export function writeEchoRequest(into: Buffer, request: EchoRequest): number {
  const payloadBytes = Math.min(
    Math.max(request.payloadBytes, PAYLOAD_BYTES_MIN),
    PAYLOAD_BYTES_MAX,
  );
  const end = ICMP_HEADER_BYTES + payloadBytes;
  into.writeUInt32BE((request.version === 4 ? ECHO_REQUEST_V4 : ECHO_REQUEST_V6) * 0x1000000, 0);
  into.writeUInt16BE(request.identifier, 4);
  into.writeUInt16BE(request.sequence, 6);
  into.writeUInt32BE(request.token[0], 8);
  into.writeUInt32BE(request.token[1], 12);
  into.writeUInt32BE(request.sentSeconds >>> 0, 16);
  into.writeUInt32BE(request.sentNanoseconds, 20);
  if (request.version === 4) into.writeUInt16BE(internetChecksum(into, 0, end), 2);
  return end;
}
