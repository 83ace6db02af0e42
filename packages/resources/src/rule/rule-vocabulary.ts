// What a rule may be made of: its variables, the functions and operators of the engine with their
// types, and the words that people read for both.

import { type CelFunc, CelScalar, type CelType, celEnv, mapType, type parse } from '@bufbuild/cel';
import { similarWord } from '../similar-word.ts';

export type RuleExpression = NonNullable<ReturnType<typeof parse>['expr']>;

const { DOUBLE, DYN, INT, NULL, STRING, UINT } = CelScalar;

/** Every variable there is; each has one type, whatever the kind. The judges bind the same names. */
export const RULE_VARIABLES: Readonly<Record<string, CelType>> = {
  status: INT,
  headers: mapType(STRING, STRING),
  body: STRING,
  json: DYN,
  detail: DYN,
  total_ms: DOUBLE,
  phases: mapType(STRING, DOUBLE),
  certificate_days: DOUBLE,
  target: STRING,
};

const MEASURED = ['detail', 'total_ms', 'phases', 'target'];
const MEASURED_WITH_CERTIFICATE = [...MEASURED, 'certificate_days'];

/** The variables that a kind of check has; kinds not named here have no rules. */
const KIND_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  http: Object.keys(RULE_VARIABLES).filter((name) => name !== 'detail'),
  tcp: MEASURED_WITH_CERTIFICATE,
  tls: MEASURED_WITH_CERTIFICATE,
  dns: MEASURED,
  icmp: MEASURED,
  grpc: MEASURED_WITH_CERTIFICATE,
  plugin: MEASURED,
};

/** What a rule may speak of; without a kind, of everything that some kind has. */
export function ruleVariables(kind?: string): ReadonlyMap<string, CelType> {
  const known = Object.entries(RULE_VARIABLES);
  const names = kind === undefined ? undefined : (KIND_VARIABLES[kind] ?? []);
  return new Map(known.filter(([name]) => names?.includes(name) ?? true));
}

/** A fault of a rule, with the part of the expression it stands in. */
export class RuleFault extends Error {
  readonly part: bigint;
  readonly hint: string;

  constructor(part: bigint, message: string, hint: string) {
    super(message);
    this.part = part;
    this.hint = hint;
  }
}

type Signature = Pick<CelFunc, 'name' | 'target' | 'arguments' | 'result'>;

/** The judge adds these to what CEL has: numbers of JSON are doubles, and literals are whole. */
const MIXED_ARITHMETIC: Signature[] = ['_+_', '_-_', '_*_', '_/_', '_%_'].flatMap((name) => [
  { name, target: undefined, arguments: [INT, DOUBLE], result: DOUBLE },
  { name, target: undefined, arguments: [DOUBLE, INT], result: DOUBLE },
]);

const SIGNATURES = Map.groupBy<string, Signature>(
  [...celEnv().funcs, ...MIXED_ARITHMETIC],
  (signature) => signature.name,
);
const OPERATOR = /^[@_!-]/;

export const OPERATORS: Record<string, string> = {
  '_&&_': '&&',
  '_||_': '||',
  '!_': '!',
  '-_': '-',
  '@in': 'in',
  '@not_strictly_false': 'a loop',
};

/** The type of a call; throws RuleFault where no function takes these types. */
export function resultOf(
  id: bigint,
  name: string,
  target: CelType | undefined,
  types: readonly CelType[],
): CelType {
  const signatures = SIGNATURES.get(name);
  if (signatures === undefined) {
    const words = [...SIGNATURES.keys()].filter((word) => !OPERATOR.test(word));
    const near = similarWord(name, words);
    const hint = near === undefined ? `write one of ${words.join(', ')}` : `did you mean ${near}?`;
    throw new RuleFault(id, `there is no function ${name}`, hint);
  }
  const fitting = signatures.filter(
    (signature) =>
      (signature.target === undefined) === (target === undefined) &&
      signature.arguments.length === types.length &&
      (signature.target === undefined || target === undefined || fits(signature.target, target)) &&
      signature.arguments.every((wanted, at) => fits(wanted, types[at] ?? DYN)),
  );
  if (fitting.length > 0) return common(fitting.map((signature) => signature.result));
  const operator = OPERATORS[name] ?? name.replaceAll('_', '');
  const given = [...(target === undefined ? [] : [target]), ...types].map(article).join(' and ');
  const hint = 'convert one with int(…), double(…) or string(…)';
  throw new RuleFault(
    id,
    `${OPERATOR.test(name) ? operator : `${name}()`} does not work on ${given || 'nothing'}`,
    hint,
  );
}

function fits(wanted: CelType, given: CelType): boolean {
  if (wanted === DYN || given === DYN) return true;
  return wanted.kind === given.kind && wanted.name === given.name;
}

/** One type if all are alike, else `dyn`. */
export function common(types: readonly CelType[]): CelType {
  const [first] = types;
  if (first === undefined) return DYN;
  return types.every((type) => type.toString() === first.toString()) ? first : DYN;
}

/** Numbers of all kinds compare with each other; null with anything. */
export function comparable(a: CelType, b: CelType): boolean {
  if (a === DYN || b === DYN || a === NULL || b === NULL) return true;
  const numbers: CelType[] = [INT, UINT, DOUBLE];
  if (numbers.includes(a) && numbers.includes(b)) return true;
  return a.kind === b.kind && a.name === b.name;
}

export function article(type: CelType): string {
  const words: Record<string, string> = {
    int: 'a whole number',
    uint: 'a whole number',
    double: 'a number',
    string: 'a text',
    bool: 'true or false',
    null_type: 'null',
    list: 'a list',
    map: 'a mapping',
  };
  return words[type.name] ?? `a ${type.name}`;
}
