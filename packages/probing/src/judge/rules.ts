// Rules in CEL over an answer. The evaluator is loaded when the first check with a rule is prepared.
// Numbers of JSON are doubles and literals are ints, so arithmetic between the two is added to what
// CEL has (comparison between them it has). A rule that cannot be evaluated does not hold, and says
// why.

import type { CelFunc, CelInput, celEnv, parse } from '@bufbuild/cel';
import { BoundedCache } from '../bounded-cache.ts';
import { compilePattern, preparePatterns } from './patterns.ts';
import { adoptCel, counted, RuleBudget } from './rule-cost.ts';

/** What a rule may use; one that is undefined did not happen, and using it is an error of the rule. */
export interface RuleVariables {
  [name: string]: CelInput | undefined;
}

type Evaluate = (variables: object) => unknown;
type Expression = ReturnType<typeof parse>['expr'];

interface Engine {
  cel: typeof import('@bufbuild/cel');
  environment: ReturnType<typeof celEnv>;
}

const RULES_MAX = 1000;
const RULE_LENGTH_MAX = 4096;
/** `all` within `all`: one more would multiply the length of the rule's own lists once more. */
const COMPREHENSION_DEPTH_MAX = 2;

const rules = new BoundedCache<string, Evaluate>(RULES_MAX);
const budget = new RuleBudget();
let engine: Engine | undefined;

/** Compiles rules ahead of their use; answers what is wrong with the first bad one. */
export async function prepareRules(texts: readonly string[]): Promise<string | undefined> {
  // The rules' `matches` uses the same engine as patterns do.
  await preparePatterns([]);
  engine ??= await loadEngine();
  for (const text of texts) {
    try {
      compiled(text);
    } catch (error) {
      return `The rule "${text}" is not valid: ${(error as Error).message}.`;
    }
  }
  return undefined;
}

/** undefined = the rule holds; else why not. The rule must have been prepared. */
export function ruleFailure(
  text: string,
  variables: (budget: RuleBudget) => RuleVariables,
): string | undefined {
  if (engine === undefined) throw new Error('rules are used before they were prepared');
  budget.refill();
  const { celError, isCelError } = engine.cel;
  const value = compiled(text)(withAbsences(variables(budget), celError));
  if (budget.spent) return 'it costs too much on this answer';
  if (isCelError(value)) return value.message;
  if (value === true) return undefined;
  return value === false ? 'it is false' : 'it is neither true nor false';
}

/** CEL says of a missing variable only that something is unresolved; here it is said what. */
function withAbsences(variables: RuleVariables, celError: Engine['cel']['celError']): object {
  return new Proxy(variables, {
    get(target, name, receiver) {
      const value = Reflect.get(target, name, receiver);
      if (value !== undefined || typeof name === 'symbol' || !(name in target)) return value;
      return celError(`there is no ${name} for this answer`);
    },
  });
}

async function loadEngine(): Promise<Engine> {
  const cel = await import('@bufbuild/cel');
  adoptCel(cel);
  const re2 = { compile: compilePattern };
  const standard = cel.celEnv({ re2 });
  const funcs = [...standard.funcs, ...mixedArithmetic(cel)].map((func) => counted(func, budget));
  return { cel, environment: cel.celEnv({ funcs }) };
}

function compiled(text: string): Evaluate {
  const known = rules.get(text);
  if (known !== undefined) return known;
  if (engine === undefined) throw new Error('rules are used before they were prepared');
  if (text.length > RULE_LENGTH_MAX)
    throw new Error(`it is longer than ${RULE_LENGTH_MAX} characters`);
  const { expr } = engine.cel.parse(text);
  if (comprehensionDepth(expr) > COMPREHENSION_DEPTH_MAX) {
    throw new Error(
      `more than ${COMPREHENSION_DEPTH_MAX} macros (all, exists, map …) within each other`,
    );
  }
  const evaluate = engine.cel.plan(engine.environment, expr) as Evaluate;
  rules.set(text, evaluate);
  return evaluate;
}

/** int with double gives double, as people expect of `json.count + 1`. */
function mixedArithmetic({ celFunc, CelScalar }: Engine['cel']): CelFunc[] {
  const { INT, DOUBLE } = CelScalar;
  const operators: Record<string, (left: number, right: number) => number> = {
    '_+_': (left, right) => left + right,
    '_-_': (left, right) => left - right,
    '_*_': (left, right) => left * right,
    '_/_': (left, right) => left / right,
    '_%_': (left, right) => left % right,
  };
  return Object.entries(operators).flatMap(([name, apply]) => [
    celFunc(name, [INT, DOUBLE], DOUBLE, (left, right) => apply(Number(left), right)),
    celFunc(name, [DOUBLE, INT], DOUBLE, (left, right) => apply(left, Number(right))),
  ]);
}

/** Walks the tree as plain data: whatever holds an expression is an expression's part. */
function comprehensionDepth(node: unknown): number {
  if (Array.isArray(node)) return Math.max(0, ...node.map(comprehensionDepth));
  if (typeof node !== 'object' || node === null) return 0;
  const inside = Math.max(0, ...Object.values(node).map(comprehensionDepth));
  const kind = (node as Partial<Expression>).exprKind?.case;
  return inside + (kind === 'comprehensionExpr' ? 1 : 0);
}
