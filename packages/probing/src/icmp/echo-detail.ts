// The facts of one ICMP probe as they are kept. What was not measured is absent, never zero.

import { textOfAddress } from './echo-address.ts';
import type { EchoNews } from './echo-news.ts';
import { meaningOfIcmpError } from './icmp-error.ts';

export interface EchoReply {
  /** The probe's own count, from 1. */
  sequence: number;
  rttMs: number;
  /** By the kernel's receive time; else by our own clock, when the reply was heard of. */
  byKernel: boolean;
  ownClockRttMs: number;
  ttl?: number;
}

export interface EchoFacts {
  ip: string;
  version: 4 | 6;
  socket: 'ping' | 'raw';
  sent: number;
  /** In the order in which they came. */
  replies: readonly EchoReply[];
  /** The last ICMP error about a packet of ours. */
  error?: EchoNews;
}

export interface EchoDetail extends Record<string, unknown> {
  ip: string;
  ip_version: 4 | 6;
  socket: 'ping' | 'raw';
  packets_sent: number;
  packets_received: number;
  /** Share of the packets sent, 0 … 1. */
  loss?: number;
  rtt_min_ms?: number;
  rtt_avg_ms?: number;
  rtt_max_ms?: number;
  jitter_ms?: number;
  ttl?: number;
  ttl_initial?: number;
  /** The first twenty. */
  replies?: ReturnType<typeof shownReply>[];
  icmp_error?: ReturnType<typeof shownError>;
}

const REPLIES_KEPT_MAX = 20;
/** What systems set out with: Linux and macOS 64, Windows 128, network devices 255. */
const INITIAL_TTLS = [64, 128, 255];

export function echoDetail({ ip, version, socket, sent, replies, error }: EchoFacts): EchoDetail {
  const detail: EchoDetail = {
    ip,
    ip_version: version,
    socket,
    packets_sent: sent,
    packets_received: replies.length,
  };
  if (sent > 0) detail.loss = (sent - replies.length) / sent;
  const rtts = replies.map(({ rttMs }) => rttMs);
  if (rtts.length > 0) {
    detail.rtt_min_ms = Math.min(...rtts);
    detail.rtt_avg_ms = wholeMicroseconds(mean(rtts));
    detail.rtt_max_ms = Math.max(...rtts);
  }
  if (rtts.length > 1) detail.jitter_ms = wholeMicroseconds(jitterOf(replies));
  const ttl = replies.at(-1)?.ttl;
  if (ttl !== undefined) {
    detail.ttl = ttl;
    detail.ttl_initial = INITIAL_TTLS.find((initial) => initial >= ttl) ?? ttl;
  }
  detail.replies = replies.slice(0, REPLIES_KEPT_MAX).map(shownReply);
  if (error !== undefined) detail.icmp_error = shownError(error);
  return detail;
}

export function wholeMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/**
 * The mean of |D|, where D is how much longer or shorter a packet was under way than the one sent
 * before it (RFC 3550 section 6.4.1). The mean itself and not that section's running estimate, which
 * starts from 0 and needs dozens of packets to be near it.
 */
function jitterOf(replies: readonly EchoReply[]): number {
  const asSent = replies.toSorted((one, other) => one.sequence - other.sequence);
  const differences = asSent
    .slice(1)
    .map(({ rttMs }, at) => Math.abs(rttMs - (asSent[at]?.rttMs ?? rttMs)));
  return mean(differences);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function shownReply({ sequence, rttMs, ownClockRttMs, ttl, byKernel }: EchoReply) {
  const times = { rtt_ms: rttMs, own_clock_rtt_ms: ownClockRttMs, kernel: byKernel };
  return ttl === undefined ? { sequence, ...times } : { sequence, ...times, ttl };
}

function shownError(error: EchoNews) {
  const { type, code } = error;
  return { from: textOfAddress(error.from), type, code, meaning: meaningOfIcmpError(error) };
}
