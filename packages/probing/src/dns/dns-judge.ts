// Whether a DNS answer is what the check expects: was there one, its response code, the sections in
// their order, the rules. The first thing that does not hold is the fault.

import { type Fault, type FaultCode, fault } from '@holdfast/kernel';
import type { DnsSection, DnsSpec } from '@holdfast/resources/compiled-check';
import { judgeFault } from '../judge/fault-judge.ts';
import { patternMatches, preparePatterns } from '../judge/patterns.ts';
import { plainVariables, rulesFault } from '../judge/rule-judge.ts';
import { prepareRules } from '../judge/rules.ts';
import type { Judgement } from '../prober.ts';
import type { DnsAnswer, DnsRecord } from './dns-answer.ts';
import type { DnsObservation } from './dns-run.ts';

const SECTIONS = ['answer', 'authority', 'additional'] as const;
type SectionName = (typeof SECTIONS)[number];

/** Codes by which the server says that it cannot, or will not, answer; others tell of the name. */
const CODE_FAULTS: Readonly<Record<string, FaultCode>> = {
  SERVFAIL: 'SERVER_FAILED',
  REFUSED: 'REFUSED_BY_SERVER',
  NOTAUTH: 'REFUSED_BY_SERVER',
  NOTIMP: 'REFUSED_BY_SERVER',
};

const CODE_CURES: Readonly<Record<string, string>> = {
  SERVFAIL: 'The server could not find out: look at its log, its upstream servers and DNSSEC.',
  REFUSED: 'The server does not answer this client or this name: check its access lists and zones.',
  NXDOMAIN: 'The name does not exist at this server: check its spelling and the zone.',
};
const CODE_CURE = 'Compare the response code with `expect.rcode`.';

/** Answers what is wrong with the check's patterns and rules. */
export async function prepareDnsJudge({ expect }: DnsSpec): Promise<Fault | undefined> {
  const patterns = SECTIONS.flatMap((name) => [
    ...expect[name].matches,
    ...expect[name].notMatches,
  ]);
  const problem =
    (patterns.length > 0 ? await preparePatterns(patterns) : undefined) ??
    (expect.that.length > 0 ? await prepareRules(expect.that) : undefined);
  return problem === undefined ? undefined : fault('PROBER_INVALID_CHECK', problem);
}

export function judgeDns(observation: DnsObservation, spec: DnsSpec): Judgement {
  return judgeFault(observation.fault ?? expectationFault(observation, spec));
}

function expectationFault(observation: DnsObservation, spec: DnsSpec): Fault | undefined {
  const { answer } = observation;
  if (answer === undefined) return fault('PROBER_FAILED', 'The measurement ended without answer.');
  return (
    codeFault(answer, spec.expect.rcodes) ??
    trustFault(observation, spec) ??
    sectionsFault(answer, spec) ??
    rulesFault(spec.expect.that, (budget) => plainVariables(observation, spec.name, budget))
  );
}

function codeFault({ rcode }: DnsAnswer, wanted: readonly string[]): Fault | undefined {
  if (wanted.some((code) => code.toUpperCase() === rcode)) return undefined;
  const message = `The response code is ${rcode}, wanted ${wanted.join(', ')}.`;
  const code = CODE_FAULTS[rcode] ?? 'ASSERTION_RCODE';
  return fault(code, message, undefined, CODE_CURES[rcode] ?? CODE_CURE);
}

function trustFault({ validation }: DnsObservation, { expect }: DnsSpec): Fault | undefined {
  if (expect.secure !== true || validation?.state === 'secure') return undefined;
  const { state = 'not validated', reason = 'Nothing was asked of it.' } = validation ?? {};
  return fault('ASSERTION_SECURE', `The answer is ${state}. ${reason}`);
}

function sectionsFault(answer: DnsAnswer, { expect }: DnsSpec): Fault | undefined {
  for (const name of SECTIONS) {
    const failure = sectionFailure(answer[name], expect[name]);
    if (failure !== undefined) return sectionFault(name, failure);
  }
  return undefined;
}

function sectionFault(name: SectionName, failure: string): Fault {
  const cure = `Compare the records with \`expect.${name}\`.`;
  return fault('ASSERTION_RECORDS', `The ${name} section ${failure}.`, undefined, cure);
}

/** What does not hold of the section. */
function sectionFailure(records: readonly DnsRecord[], expected: DnsSection): string | undefined {
  const { countMin = 0, matches, notMatches } = expected;
  if (records.length < countMin) return `has ${records.length} records, wanted ${countMin}`;
  const holds = (pattern: string) => records.some(({ line }) => patternMatches(pattern, line));
  const missing = matches.find((pattern) => !holds(pattern));
  if (missing !== undefined) return `has no record that matches "${missing}"`;
  const unwanted = notMatches.find(holds);
  if (unwanted !== undefined) return `has a record that matches "${unwanted}", which it must not`;
  return undefined;
}
