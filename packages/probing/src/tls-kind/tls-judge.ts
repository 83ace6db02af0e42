// Whether a secured connection is what the check expects, asked in the order in which a person would
// look: was it secured and trusted at all, the version, the suite, the staple, the days left, the rules.

import { type Fault, fault } from '@holdfast/kernel';
import type { TlsCheckSpec, TlsVersion } from '@holdfast/resources/compiled-check';
import { judgeFault } from '../judge/fault-judge.ts';
import { countedJson, type RuleBudget } from '../judge/rule-cost.ts';
import { prepareRules, type RuleVariables, ruleFailure } from '../judge/rules.ts';
import type { Judgement } from '../prober.ts';
import { stapleFault, suiteFault, versionFault } from './tls-check-fault.ts';
import type { TlsEvidence } from './tls-evidence.ts';
import { certificateDays, type TlsObservation } from './tls-observation.ts';
import { suiteWeakness } from './weakness.ts';

/** Oldest first. */
const VERSIONS: readonly string[] = [
  'TLSv1',
  'TLSv1.1',
  'TLSv1.2',
  'TLSv1.3',
] satisfies TlsVersion[];

const prepared = new WeakSet<TlsCheckSpec>();

/** See Prober.prepare. */
export function prepareTlsJudge(spec: TlsCheckSpec): Promise<Fault | undefined> | undefined {
  const { that } = spec.expect;
  if (that.length === 0 || prepared.has(spec)) return undefined;
  return prepareRules(that).then((problem) => {
    if (problem !== undefined) return fault('PROBER_INVALID_CHECK', problem);
    prepared.add(spec);
    return undefined;
  });
}

export function judgeTls(observation: TlsObservation, spec: TlsCheckSpec): Judgement {
  return judgeFault(observation.fault ?? expectationFault(observation, spec));
}

function expectationFault(observation: TlsObservation, spec: TlsCheckSpec): Fault | undefined {
  const { expect } = spec;
  const { evidence } = observation;
  if (evidence === undefined) {
    return fault('PROBER_FAILED', 'The measurement ended without a handshake.');
  }
  return (
    oldVersionFault(evidence, expect.versionMin) ??
    (expect.weakCiphers ? undefined : weakSuiteFault(evidence)) ??
    (expect.staple ? missingStapleFault(evidence) : undefined) ??
    daysFault(observation, expect.certificateDays) ??
    rulesFault(observation, spec)
  );
}

function oldVersionFault({ tls }: TlsEvidence, versionMin: TlsVersion): Fault | undefined {
  const isOlder = VERSIONS.indexOf(tls.version) < VERSIONS.indexOf(versionMin);
  return isOlder ? versionFault(tls.version, versionMin) : undefined;
}

function weakSuiteFault({ tls, ephemeralKey }: TlsEvidence): Fault | undefined {
  const weakness = suiteWeakness(tls.version, tls.cipher, ephemeralKey);
  return weakness === undefined ? undefined : suiteFault(tls.cipher, weakness);
}

/** An earlier answer that still holds will do: some servers leave the staple out after a restart. */
function missingStapleFault({ revocation }: TlsEvidence): Fault | undefined {
  const holds = revocation.status === 'good' && revocation.problem === undefined;
  return holds ? undefined : stapleFault(revocation);
}

function daysFault(observation: TlsObservation, wanted: number | undefined): Fault | undefined {
  if (wanted === undefined) return undefined;
  const left = certificateDays(observation);
  if (left === undefined)
    return fault('ASSERTION_CERTIFICATE', 'The target showed no certificate.');
  if (left >= wanted) return undefined;
  const message = `The certificate is valid for ${Math.floor(left)} more days, wanted ${wanted}.`;
  return fault('ASSERTION_CERTIFICATE', message);
}

function rulesFault(observation: TlsObservation, spec: TlsCheckSpec): Fault | undefined {
  for (const rule of spec.expect.that) {
    const failure = ruleFailure(rule, (budget) => variablesOf(observation, spec, budget));
    if (failure !== undefined)
      return fault('ASSERTION_RULE', `The rule ${rule} does not hold: ${failure}.`);
  }
  return undefined;
}

function variablesOf(
  observation: TlsObservation,
  spec: TlsCheckSpec,
  budget: RuleBudget,
): RuleVariables {
  const phases = new Map<string, number>();
  for (const { name, durationMs } of observation.phases) {
    phases.set(name, (phases.get(name) ?? 0) + durationMs);
  }
  return {
    detail: countedJson(observation.detail, budget),
    total_ms: observation.totalMs,
    phases,
    target: `${spec.host}:${spec.port}`,
    certificate_days: certificateDays(observation),
  };
}
