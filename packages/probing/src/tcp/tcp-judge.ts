// Whether a TCP measurement is what the check expects, in this order: was it measured to its end, the
// banner, the days of the certificate, the rules. What the peer said is kept on a failure only.

import { type Fault, fault } from '@holdfast/kernel';
import type { RuleExpectation, TcpSpec } from '@holdfast/resources/compiled-check';
import { judgeFault } from '../judge/fault-judge.ts';
import { patternMatches, preparePatterns } from '../judge/patterns.ts';
import { plainVariables, rulesFault } from '../judge/rule-judge.ts';
import { prepareRules } from '../judge/rules.ts';
import type { Judgement, Observation } from '../prober.ts';
import { prepareDialogue } from './dialogue-plan.ts';
import { printable } from './peer-text.ts';
import type { TcpObservation } from './tcp-run.ts';

const DAY_MS = 86_400_000;
const SHOWN_LENGTH_MAX = 200;

const prepared = new WeakSet<TcpSpec>();

/** See Prober.prepare. */
export function prepareTcp(spec: TcpSpec): Promise<Fault | undefined> | undefined {
  const isNothingAsked = spec.dialogue === undefined && spec.expect === undefined;
  return isNothingAsked || prepared.has(spec) ? undefined : prepareAll(spec);
}

export function judgeTcp(observation: Observation | TcpObservation, spec: TcpSpec): Judgement {
  const { expect } = spec;
  const unmet =
    observation.fault ?? (expect === undefined ? undefined : unmetFault(observation, spec, expect));
  const judgement = judgeFault(unmet);
  if (unmet === undefined || !('peerText' in observation)) return judgement;
  return { ...judgement, detail: { peer_text: observation.peerText } };
}

async function prepareAll(spec: TcpSpec): Promise<Fault | undefined> {
  if (spec.dialogue !== undefined) {
    const hindrance = await prepareDialogue(spec);
    if (hindrance !== undefined) return hindrance;
  }
  const { banner, that = [] } = spec.expect ?? {};
  const problem =
    (banner === undefined ? undefined : await preparePatterns([banner])) ??
    (that.length === 0 ? undefined : await prepareRules(that));
  if (problem !== undefined) return fault('PROBER_INVALID_CHECK', problem);
  prepared.add(spec);
  return undefined;
}

function unmetFault(
  observation: Observation | TcpObservation,
  spec: TcpSpec,
  expect: NonNullable<TcpSpec['expect']>,
): Fault | undefined {
  return (
    bannerFault(observation, expect.banner) ??
    certificateFault(observation, expect.certificateDays) ??
    ruleFault(observation, spec, expect)
  );
}

function bannerFault(
  observation: Observation | TcpObservation,
  pattern: string | undefined,
): Fault | undefined {
  if (pattern === undefined) return undefined;
  const banner = 'banner' in observation ? (observation.banner ?? '') : '';
  if (patternMatches(pattern, banner)) return undefined;
  const said = banner === '' ? 'said nothing' : `said ${JSON.stringify(shown(observation))} first`;
  return fault('ASSERTION_BANNER', `The peer ${said}, wanted "${pattern}".`);
}

/** As it stands in the detail: printable, secrets hidden. */
function shown({ detail }: Observation): string {
  return printable(String(detail.banner), SHOWN_LENGTH_MAX);
}

function certificateFault(
  observation: Observation | TcpObservation,
  wanted: number | undefined,
): Fault | undefined {
  if (wanted === undefined) return undefined;
  const left = certificateDays(observation);
  if (left === undefined) {
    return fault('ASSERTION_CERTIFICATE', 'The target showed no certificate.');
  }
  if (left >= wanted) return undefined;
  const message = `The certificate is valid for ${Math.floor(left)} more days, wanted ${wanted}.`;
  return fault('ASSERTION_CERTIFICATE', message);
}

function certificateDays(observation: Observation | TcpObservation): number | undefined {
  const leaf = observation.context.tls?.chain[0];
  if (leaf === undefined || !('atMs' in observation)) return undefined;
  return (leaf.validToMs - observation.atMs) / DAY_MS;
}

function ruleFault(
  observation: Observation | TcpObservation,
  { host, port }: TcpSpec,
  { that }: RuleExpectation,
): Fault | undefined {
  return rulesFault(that, (budget) => ({
    ...plainVariables(observation, `${host}:${port}`, budget),
    certificate_days: certificateDays(observation),
  }));
}
