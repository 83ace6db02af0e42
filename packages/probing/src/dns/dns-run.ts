// One DNS measurement: what the check asks, to the server it names or to the machine's resolver, and
// the facts of it in the form in which they are kept.

import { type Chance, type Fault, fault } from '@holdfast/kernel';
import type { DnsSpec } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import { PhaseLog } from '../phase-log.ts';
import type { Observation, Outcome, ProbeContext } from '../prober.ts';
import type { DnsAnswer, DnsRecord } from './dns-answer.ts';
import type { Validation } from './dnssec/validate-answer.ts';
import { loadPacketCodec } from './packet-codec.ts';
import { queryName } from './query-name.ts';
import {
  type Inquiry,
  type InquiryReport,
  type InquiryTools,
  ServerInquiry,
} from './server-inquiry.ts';
import { firstServer } from './system-servers.ts';

export interface DnsObservation extends Observation {
  /** Absent when no whole answer came. */
  answer?: DnsAnswer;
  /** Of the answer; absent when the check does not ask for it. */
  validation?: Validation;
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
  const tools = { codec, chance, firstWaitMs };
  if (spec.trace === true) return traced(spec, context, tools, log, facts);
  const inquiry = inquiryOf(spec, servers);
  if (!inquiry.ok) return observation(log, facts, {}, inquiry.fault);
  const report = await new ServerInquiry(inquiry.value, tools, context, log, facts).run();
  const measured = observation(log, facts, detailOf(report), report.fault);
  const { answer, bytes } = report;
  if (answer === undefined || bytes === undefined) return measured;
  if (spec.dnssec !== true) return { ...measured, answer };
  const { validateAnswer } = await import('./dns-trust.ts');
  const validation = await validateAnswer(spec, bytes, inquiry.value, tools, context);
  return judgedByTrust({ ...measured, answer }, validation);
}

async function traced(
  spec: DnsSpec,
  context: ProbeContext,
  tools: InquiryTools,
  log: PhaseLog,
  facts: ResultContext,
): Promise<DnsObservation> {
  const { chainDetail, chainFault, traceDns, zoneInquiry } = await import('./dns-trace.ts');
  const chain = await traceDns(spec, context, tools.chance, log, facts);
  const { answer } = chain;
  const detail = { ...(answer && answerDetail(answer)), ...chainDetail(chain) };
  const measured = observation(log, facts, detail, chainFault(chain));
  if (answer === undefined) return measured;
  if (spec.dnssec !== true) return { ...measured, answer };
  const { validateChain } = await import('./dns-trust.ts');
  const validation = await validateChain(spec, chain, zoneInquiry(spec), tools, context);
  const secured = chainDetail(chain, validation.chain);
  const whole = { ...measured, answer, detail: { ...measured.detail, ...secured } };
  return judgedByTrust(whole, validation);
}

/** The signatures have had their say: people's patterns and counts are about the other records. */
function judgedByTrust(
  measured: DnsObservation & { answer: DnsAnswer },
  validation: Validation,
): DnsObservation {
  const { state, reason = '', chain } = validation;
  const answer = withoutSignatures(measured.answer);
  const dnssec = { state, ...(reason === '' ? {} : { reason }), chain };
  const detail = { ...measured.detail, ...answerDetail(answer), dnssec };
  const whole = { ...measured, answer, detail, validation };
  return state === 'bogus' ? { ...whole, fault: fault('NAME_BOGUS', reason) } : whole;
}

function withoutSignatures(answer: DnsAnswer): DnsAnswer {
  const unsigned = (records: DnsRecord[]) => records.filter(({ type }) => type !== 'RRSIG');
  const { answer: records, authority, additional } = answer;
  return {
    ...answer,
    answer: unsigned(records),
    authority: unsigned(authority),
    additional: unsigned(additional),
  };
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
