// The way to an answer as it is shown: who was asked, for what, how long it took, where it led.

import type { Fault } from '@holdfast/kernel';
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
  referral?: { zone: string; servers: string[] };
  alias?: string;
  /** Why the server was of no use. */
  fault?: Fault;
}

export interface ResolutionChain {
  steps: ChainStep[];
  rcode?: string;
  /** The answer section as lines. */
  records: string[];
  /** Why there is no answer. */
  fault?: Fault;
}

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
  };
  if (address !== undefined) step.address = address;
  if (failure !== undefined) step.fault = failure;
  if (answer === undefined) return step;
  return { ...step, rcode: answer.rcode, authoritative: answer.authoritative };
}
