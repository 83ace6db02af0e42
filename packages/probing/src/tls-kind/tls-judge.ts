// Whether a secured connection is what the check expects, asked in the order in which a person would
// look: was it secured and trusted at all, the version, the suite, the staple, the days left, the rules.

import { type Fault, fault } from '@holdfast/kernel';
import type { TlsCheckSpec, TlsVersion } from '@holdfast/resources/compiled-check';
import { judgeFault } from '../judge/fault-judge.ts';
import type { RuleBudget } from '../judge/rule-cost.ts';
import { plainVariables, rulesFault } from '../judge/rule-judge.ts';
import type { RuleVariables } from '../judge/rules.ts';
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
    rulesFault(expect.that, (budget) => variablesOf(observation, spec, budget))
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

function variablesOf(
  observation: TlsObservation,
  spec: TlsCheckSpec,
  budget: RuleBudget,
): RuleVariables {
  return {
    ...plainVariables(observation, `${spec.host}:${spec.port}`, budget),
    certificate_days: certificateDays(observation),
  };
}
