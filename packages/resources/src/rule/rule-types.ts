// Types of a rule, worked out before it ever runs, so that a misspelt variable or a number compared
// with a text is a fault of the file and not of the service. Parts whose type only a run can show
// (`json`) pass as `dyn`. The engine's own signatures decide which calls exist.

import { CelScalar, type CelType, listType } from '@bufbuild/cel';
import { similarWord } from '../similar-word.ts';
import {
  article,
  common,
  comparable,
  OPERATORS,
  type RuleExpression,
  RuleFault,
  resultOf,
  ruleVariables,
} from './rule-vocabulary.ts';

type Kind<C extends string> = Extract<RuleExpression['exprKind'], { case: C }>;
type Scope = ReadonlyMap<string, CelType>;

const { BOOL, BYTES, DOUBLE, DYN, INT, NULL, STRING, TYPE, UINT } = CelScalar;

const TYPE_NAMES = [
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'bool',
  'list',
  'map',
  'type',
  'null_type',
];

/** Each multiplies the work of a run by the size of the answer; one after the other counts as nested. */
const NESTED_LOOPS_MAX = 2;

/**
 * Throws RuleFault; `provePattern` returns what is wrong with a pattern written into the rule. With a
 * kind of check, only its variables are there.
 */
export function ruleType(
  root: RuleExpression,
  provePattern: (pattern: string) => string | undefined,
  kind?: string,
): CelType {
  return new RuleTyper(provePattern, kind).type(root, ruleVariables(kind), 0);
}

class RuleTyper {
  readonly #provePattern: (pattern: string) => string | undefined;

  readonly #kind: string | undefined;

  constructor(provePattern: (pattern: string) => string | undefined, kind: string | undefined) {
    this.#provePattern = provePattern;
    this.#kind = kind;
  }

  type(expression: RuleExpression | undefined, scope: Scope, loops: number): CelType {
    const kind = expression?.exprKind;
    if (expression === undefined || kind === undefined) return DYN;
    if (kind.case === 'constExpr') return constantType(kind.value);
    if (kind.case === 'identExpr')
      return variableType(expression.id, kind.value.name, scope, this.#kind);
    if (kind.case === 'selectExpr') return this.#select(expression.id, kind.value, scope, loops);
    if (kind.case === 'callExpr') return this.#call(expression.id, kind.value, scope, loops);
    if (kind.case === 'comprehensionExpr')
      return this.#loop(expression.id, kind.value, scope, loops);
    if (kind.case === 'listExpr') {
      const items = kind.value.elements.map((item) => this.type(item, scope, loops));
      return listType(common(items));
    }
    if (kind.case !== 'structExpr') return DYN;
    for (const entry of kind.value.entries) {
      if (entry.keyKind.case === 'mapKey') this.type(entry.keyKind.value, scope, loops);
      this.type(entry.value, scope, loops);
    }
    return DYN;
  }

  #select(id: bigint, select: Kind<'selectExpr'>['value'], scope: Scope, loops: number): CelType {
    const of = this.type(select.operand, scope, loops);
    if (of.kind !== 'map' && of !== DYN) {
      throw new RuleFault(
        id,
        `.${select.field} is asked of ${article(of)}, which has no fields`,
        'use it as it is',
      );
    }
    if (select.testOnly) return BOOL;
    return of.kind === 'map' ? of.value : DYN;
  }

  #call(id: bigint, call: Kind<'callExpr'>['value'], scope: Scope, loops: number): CelType {
    const target = call.target === undefined ? undefined : this.type(call.target, scope, loops);
    const types = call.args.map((argument) => this.type(argument, scope, loops));
    const [first = DYN, second = DYN, third = DYN] = types;
    const name = call.function;
    if (name === '_&&_' || name === '_||_' || name === '@not_strictly_false') {
      for (const [at, type] of types.entries())
        wantBool(call.args[at]?.id ?? id, type, OPERATORS[name] ?? name);
      return BOOL;
    }
    if (name === '_?_:_') {
      wantBool(id, first, '? :');
      return common([second, third]);
    }
    if (name === '_==_' || name === '_!=_') {
      if (comparable(first, second)) return BOOL;
      const message = `${article(first)} is never equal to ${article(second)}`;
      throw new RuleFault(id, message, 'compare values of one type');
    }
    if (name === '_[_]') return indexed(id, first, second);
    if (name === 'matches') this.#provePatternOf(call);
    return resultOf(id, name, target, types);
  }

  #provePatternOf(call: Kind<'callExpr'>['value']): void {
    const argument = call.args[0];
    if (argument?.exprKind.case !== 'constExpr') return;
    const constant = argument.exprKind.value.constantKind;
    const fault = constant.case === 'stringValue' ? this.#provePattern(constant.value) : undefined;
    if (fault !== undefined)
      throw new RuleFault(argument.id, fault, 'write RE2 syntax in matches(…)');
  }

  #loop(
    id: bigint,
    loop: Kind<'comprehensionExpr'>['value'],
    scope: Scope,
    loops: number,
  ): CelType {
    if (loops >= NESTED_LOOPS_MAX) {
      const hint = 'split the rule, or compare with expect.json';
      throw new RuleFault(id, `loops are nested more than ${NESTED_LOOPS_MAX} deep`, hint);
    }
    const range = this.type(loop.iterRange, scope, loops + 1);
    if (range.kind !== 'list' && range.kind !== 'map' && range !== DYN) {
      throw new RuleFault(
        id,
        `${article(range)} cannot be looped over`,
        'loop over a list or a mapping',
      );
    }
    const key = range.kind === 'map' ? range.key : range.kind === 'list' ? range.element : DYN;
    const inner = new Map(scope).set(loop.iterVar, loop.iterVar2 === '' ? key : DYN);
    if (loop.iterVar2 !== '') inner.set(loop.iterVar2, range.kind === 'map' ? range.value : key);
    const start = this.type(loop.accuInit, scope, loops);
    inner.set(loop.accuVar, start.kind === 'list' ? listType(DYN) : start);
    this.type(loop.loopCondition, inner, loops + 1);
    this.type(loop.loopStep, inner, loops + 1);
    return this.type(loop.result, inner, loops + 1);
  }
}

function wantBool(id: bigint, type: CelType, operator: string): void {
  if (type === BOOL || type === DYN) return;
  throw new RuleFault(
    id,
    `${operator} wants true or false, not ${article(type)}`,
    'compare it, such as status == 200',
  );
}

function constantType(constant: Kind<'constExpr'>['value']): CelType {
  const types: Record<string, CelType> = {
    boolValue: BOOL,
    bytesValue: BYTES,
    doubleValue: DOUBLE,
    int64Value: INT,
    nullValue: NULL,
    stringValue: STRING,
    uint64Value: UINT,
  };
  return types[constant.constantKind.case ?? ''] ?? DYN;
}

function variableType(id: bigint, name: string, scope: Scope, kind?: string): CelType {
  const known = scope.get(name);
  if (known !== undefined) return known;
  if (TYPE_NAMES.includes(name)) return TYPE;
  const variables = [...scope.keys()].filter((variable) => !variable.startsWith('@'));
  const near = similarWord(name, variables);
  const hint =
    near === undefined ? `write one of ${variables.join(', ')}` : `did you mean ${near}?`;
  const where = kind === undefined ? '' : ` in ${kind} checks`;
  throw new RuleFault(id, `there is no variable ${name}${where}`, hint);
}

function indexed(id: bigint, of: CelType, by: CelType): CelType {
  if (of.kind === 'map' && (by === DYN || by.name === of.key.name)) return of.value;
  if (of.kind === 'list' && (by === DYN || by === INT)) return of.element;
  if (of === DYN) return DYN;
  const hint =
    of.kind === 'map' ? 'write headers["content-type"]' : 'write list[0] or mapping["name"]';
  throw new RuleFault(id, `${article(of)} cannot be indexed by ${article(by)}`, hint);
}
