// A rule in `expect.that`: one CEL expression that must be true. It is parsed and its types are
// checked when the file is read; length, nesting of loops and patterns are bounded there, so that no
// rule can hold up an agent.

import { createRequire } from 'node:module';
import { demand } from '../fields/demand.ts';
import { provenText } from '../fields/proven-text.ts';
import type { proveRule } from './rule-proof.ts';

export const RULE_EXAMPLE = 'write it like status == 200 && total_ms < 300.0';
const load = createRequire(import.meta.url);

export const ruleField = provenText(demand('must be a rule, as a text', RULE_EXAMPLE), (rule) =>
  ruleFault(rule),
);

/** Whole fleets share a few rules; proving each once keeps large files fast. */
const PROVEN_MAX = 1_000;
const proven = new Map<string, string | undefined>();

/** What is wrong with a rule, as a demand; with a kind, also where that kind has not the variables. */
export function ruleFault(rule: string, kind?: string): string | undefined {
  const key = `${kind ?? ''}\n${rule}`;
  if (proven.has(key)) return proven.get(key);
  const proof = load('./rule-proof.ts') as { proveRule: typeof proveRule };
  const fault = proof.proveRule(rule, kind);
  if (proven.size >= PROVEN_MAX) proven.clear();
  proven.set(key, fault);
  return fault;
}
