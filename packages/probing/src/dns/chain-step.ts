// The way to an answer as it is kept and shown: who was asked, for what, how long it took, where it
// led. Names come from servers, so there are as many of them here as a person reads, and no more.

import type { Fault } from '@holdfast/kernel';
import type { DnsAnswer } from './dns-answer.ts';
import type { NameServer, Zone } from './resolution-step.ts';
import type { InquiryReport } from './server-inquiry.ts';

/** One question to one server. */
export interface ChainStep {
  /** The zone whose server was asked. */
  zone: string;
  /** What was asked for; another name behind an alias. */
  name: string;
  server: string;
  /** `address:port`; absent when it was not found. */
  address?: string;
  ms: number;
  rcode?: string;
  authoritative?: boolean;
  /** How many the answer section held. */
  records?: number;
  referral?: { zone: string; servers: string[] };
  alias?: string;
  /** Why the server was of no use. */
  fault?: Fault;
  transport: InquiryReport['transport'];
}

/** What a server said that led to another name, or ended the way. */
export interface ChainMessage {
  name: string;
  bytes: Buffer;
}

export interface ResolutionChain {
  steps: ChainStep[];
  rcode?: string;
  /** The answer section as lines. */
  records: string[];
  /** With the aliases that led to it. */
  answer?: DnsAnswer;
  /** Of the aliases and of the answer, as they came. */
  messages: ChainMessage[];
  /** Why there is no answer. */
  fault?: Fault;
}

const NAMES_KEPT_MAX = 13;

export function chainStep(
  zone: Zone,
  server: NameServer,
  name: string,
  report: InquiryReport,
  totalMs: number,
): ChainStep {
  const { answer, server: address, fault: failure, queryTimeMs } = report;
  const step: ChainStep = {
    zone: zone.name,
    name,
    server: server.name,
    ms: queryTimeMs ?? totalMs,
    transport: report.transport,
  };
  if (address !== undefined) step.address = address;
  if (failure !== undefined) step.fault = failure;
  if (answer === undefined) return step;
  const { rcode, authoritative, answer: records } = answer;
  return { ...step, rcode, authoritative, records: records.length };
}

/** One row of `resolution_chain` in the detail of a result. */
export function stepDetail(step: ChainStep): Record<string, unknown> {
  const { zone, name, server, address, transport, ms, rcode } = step;
  return {
    zone,
    asked: name,
    server,
    ...(address === undefined ? {} : { ip: address.replace(/^\[?(.*?)\]?:\d+$/, '$1') }),
    transport,
    time_ms: Math.round(ms * 1000) / 1000,
    ...(rcode === undefined ? {} : { rcode }),
    ...outcome(step),
  };
}

function outcome({ referral, alias, fault, rcode, records }: ChainStep): Record<string, unknown> {
  if (fault !== undefined) return { kind: 'fault', code: fault.code, problem: fault.message };
  if (referral !== undefined) {
    return {
      kind: 'referral',
      to: referral.zone,
      names: referral.servers.slice(0, NAMES_KEPT_MAX),
    };
  }
  if (alias !== undefined) return { kind: 'cname', names: [alias] };
  const has = rcode === 'NOERROR' && (records ?? 0) > 0;
  return { kind: has ? 'answer' : 'nodata' };
}
