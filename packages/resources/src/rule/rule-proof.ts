// The proof of one rule, with the parser of the rule language: its syntax, its types, the depth of its
// nesting and its patterns. Heavy to load, so only whoever has a rule to prove loads it.

import { CelScalar, parse } from '@bufbuild/cel';
import { demand, readDemand } from '../fields/demand.ts';
import { patternFault } from '../fields/pattern-field.ts';
import { RULE_EXAMPLE } from './rule-field.ts';
import { ruleType } from './rule-types.ts';
import { RuleFault } from './rule-vocabulary.ts';

const RULE_LENGTH_MAX = 1_000;
/** Brackets within brackets: far more than a person reads, far less than the parser's stack holds. */
const NESTING_MAX = 50;

/** What is wrong with a rule, as a demand; with a kind, also where that kind has not the variables. */
export function proveRule(rule: string, kind: string | undefined): string | undefined {
  if (rule.length > RULE_LENGTH_MAX)
    return demand(`must be at most ${RULE_LENGTH_MAX} characters`, 'split it into a list of rules');
  if (rule.trim() === '') return demand('is empty', RULE_EXAMPLE);
  if (nestingOf(rule) > NESTING_MAX)
    return demand('is nested too deeply', 'split it into a list of rules');
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(rule);
  } catch (error) {
    return syntaxFault(rule, error);
  }
  try {
    const type =
      parsed.expr === undefined ? CelScalar.DYN : ruleType(parsed.expr, provePattern, kind);
    if (type === CelScalar.BOOL || type === CelScalar.DYN) return undefined;
    return demand(
      `must be true or false, but gives ${type.name}`,
      'compare it, such as status == 200',
    );
  } catch (error) {
    if (error instanceof RangeError)
      return demand('is nested too deeply', 'split it into a list of rules');
    if (!(error instanceof RuleFault)) throw error;
    const offset = parsed.sourceInfo?.positions[String(error.part)] ?? 0;
    return demand(`${error.message}, at character ${offset + 1}`, error.hint);
  }
}

/** Counts brackets in quotes too: that only refuses what nobody writes. */
function nestingOf(rule: string): number {
  let depth = 0;
  let deepest = 0;
  for (const letter of rule) {
    if ('([{'.includes(letter)) depth += 1;
    else if (')]}'.includes(letter)) depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function provePattern(pattern: string): string | undefined {
  const fault = patternFault(pattern);
  return fault === undefined ? undefined : `the pattern ${readDemand(fault).message}`;
}

function syntaxFault(rule: string, error: unknown): string {
  if (error instanceof RangeError)
    return demand('is nested too deeply', 'split it into a list of rules');
  const offset = offsetOf(error);
  if (offset === undefined) return demand('cannot be read as a rule', RULE_EXAMPLE);
  const rest = rule.slice(offset, offset + 12);
  const message = `cannot be read at character ${offset + 1}${rest === '' ? ', where it ends' : `, at ${JSON.stringify(rest)}`}`;
  return demand(message, hintFor(rule, offset));
}

function hintFor(rule: string, offset: number): string {
  if (/^(=|===)[^=]/.test(rule.slice(offset))) return 'write == to compare';
  if (/^(and|or|not)\b/i.test(rule.slice(offset))) return 'write && for and, || for or, ! for not';
  if (/^['"]/.test(rule.slice(offset))) return 'close the quote';
  return RULE_EXAMPLE;
}

function offsetOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('location' in error)) return undefined;
  const location = error.location as { start?: { offset?: number } } | undefined;
  return location?.start?.offset;
}
