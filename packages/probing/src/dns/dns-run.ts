// One DNS measurement: what the check asks, to the server it names or to the machine's resolver, and
// the facts of it in the form in which they are kept.

import { type Chance, type Fault, fault } from '@holdfast/kernel';
import type { DnsSpec } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import { PhaseLog } from '../phase-log.ts';
import type { Observation, Outcome, ProbeContext } from '../prober.ts';
import type { DnsAnswer } from './dns-answer.ts';
import { loadPacketCodec } from './packet-codec.ts';
import { queryName } from './query-name.ts';
import { type Inquiry, type InquiryReport, ServerInquiry } from './server-inquiry.ts';
import { firstServer } from './system-servers.ts';

export interface DnsObservation extends Observation {
  /** Absent when no whole answer came. */
  answer?: DnsAnswer;
}

export interface DnsParts {
  chance: Chance;
  /** The machine's resolvers, for checks that name none. */
  servers: () => readonly string[];
  firstWaitMs: number;
}

/** Lines kept with the result; judging sees all of them. */
const RECORDS_KEPT_MAX = 50;

export async function measureDns(
  spec: DnsSpec,
  context: ProbeContext,
  { chance, servers, firstWaitMs }: DnsParts,
): Promise<DnsObservation> {
  const codec = await loadPacketCodec();
  const log = new PhaseLog(context);
  const facts: ResultContext = {};
  if (spec.trace === true) return traced(spec, context, chance, log, facts);
  const inquiry = inquiryOf(spec, servers);
  if (!inquiry.ok) return observation(log, facts, {}, inquiry.fault);
  const tools = { codec, chance, firstWaitMs };
  const report = await new ServerInquiry(inquiry.value, tools, context, log, facts).run();
  const measured = observation(log, facts, detailOf(report), report.fault);
  return report.answer === undefined ? measured : { ...measured, answer: report.answer };
}

async function traced(
  spec: DnsSpec,
  context: ProbeContext,
  chance: Chance,
  log: PhaseLog,
  facts: ResultContext,
): Promise<DnsObservation> {
  const { chainDetail, chainFault, traceDns } = await import('./dns-trace.ts');
  const chain = await traceDns(spec, context, chance, log, facts);
  const { answer } = chain;
  const detail = { ...(answer && answerDetail(answer)), ...chainDetail(chain) };
  const measured = observation(log, facts, detail, chainFault(chain));
  return answer === undefined ? measured : { ...measured, answer };
}

/** What the check asks of whom. */
function inquiryOf(spec: DnsSpec, servers: () => readonly string[]): Outcome<Inquiry> {
  const { recordType, recursion, ip, tries, transport, tls, dnssec = false } = spec;
  const name = queryName(spec.name, recordType);
  if (name === undefined) return invalid(`"${spec.name}" cannot be a name in the DNS.`);
  const server = spec.server ?? firstServer(servers());
  if (server === undefined) return invalid('The check names no server and this machine has none.');
  const question = { name, recordType, recursion, dnssec };
  return { ok: true, value: { question, server, ip, transport, tls, tries } };
}

function invalid(message: string): Outcome<Inquiry> {
  return { ok: false, fault: fault('PROBER_INVALID_CHECK', message) };
}

function observation(
  log: PhaseLog,
  context: ResultContext,
  detail: Record<string, unknown>,
  failure: Fault | undefined,
): DnsObservation {
  const measured = { totalMs: log.totalMs(), phases: log.phases, context, detail };
  return failure === undefined ? measured : { ...measured, fault: failure };
}

function detailOf(report: InquiryReport): Record<string, unknown> {
  const { server, transport, truncated, tries, ignored, queryTimeMs, answer } = report;
  return {
    ...(server === undefined ? {} : { server }),
    transport,
    tries,
    truncated,
    ...(ignored === 0 ? {} : { ignored_answers: ignored }),
    ...(queryTimeMs === undefined ? {} : { query_time: Math.round(queryTimeMs * 1000) / 1000 }),
    ...(answer === undefined ? {} : answerDetail(answer)),
  };
}

function answerDetail(answer: DnsAnswer): Record<string, unknown> {
  return {
    rcode: answer.rcode,
    authoritative: answer.authoritative,
    recursion_available: answer.recursionAvailable,
    edns: answer.edns,
    ...(answer.nsid === undefined ? {} : { nsid: answer.nsid }),
    ...(answer.extendedErrors === undefined ? {} : { extended_errors: answer.extendedErrors }),
    answer_count: answer.answer.length,
    authority_count: answer.authority.length,
    additional_count: answer.additional.length,
    records: answer.answer.slice(0, RECORDS_KEPT_MAX).map(({ line }) => line),
  };
}
