// What every kind does with the rules of `expect.that`: prepare them once for each spec, give them
// the facts that all kinds have, and tell the first one that does not hold.

import { type Fault, fault } from '@holdfast/kernel';
import type { RuleExpectation } from '@holdfast/resources/compiled-check';
import type { Observation } from '../prober.ts';
import { countedJson, type RuleBudget } from './rule-cost.ts';
import { prepareRules, type RuleVariables, ruleFailure } from './rules.ts';

/** Specs never change once made, so each is prepared a single time. */
const prepared = new WeakSet<object>();

/** For a prober whose judging needs nothing but rules; see Prober.prepare. */
export function prepareRuleJudge(spec: {
  expect: RuleExpectation;
}): Promise<Fault | undefined> | undefined {
  const { that } = spec.expect;
  if (that.length === 0 || prepared.has(spec)) return undefined;
  return prepareRules(that).then((problem) => {
    if (problem !== undefined) return fault('PROBER_INVALID_CHECK', problem);
    prepared.add(spec);
    return undefined;
  });
}

export function rulesFault(
  rules: readonly string[],
  variables: (budget: RuleBudget) => RuleVariables,
): Fault | undefined {
  for (const rule of rules) {
    const failure = ruleFailure(rule, variables);
    if (failure !== undefined) {
      return fault('ASSERTION_RULE', `The rule ${rule} does not hold: ${failure}.`);
    }
  }
  return undefined;
}

/** `detail`, `total_ms`, `phases` (those of one name added up) and `target`. */
export function plainVariables(
  { detail, totalMs, phases }: Observation,
  target: string,
  budget: RuleBudget,
): RuleVariables {
  const sums = new Map<string, number>();
  for (const { name, durationMs } of phases) sums.set(name, (sums.get(name) ?? 0) + durationMs);
  return { detail: countedJson(detail, budget), total_ms: totalMs, phases: sums, target };
}
