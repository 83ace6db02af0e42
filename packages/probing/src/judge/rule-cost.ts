// The cost of evaluating a rule, counted so that no answer of a server can make a rule run long: one
// unit for each function call and each element that is read, more for long texts. JSON is handed to
// the rule through views that count; when the budget is spent they throw, which ends the rule.

import type { CelFunc, CelInput } from '@bufbuild/cel';

/**
 * About 50 ms at the very worst, the most by which one answer may delay other probes. Ordinary rules
 * cost less than a hundred units, `all` over a list some four for each element.
 */
const UNITS_MAX = 200_000;
/** Characters that a function goes through for the price of one unit. */
const CHARACTERS_PER_UNIT = 16;
/** A pattern takes far longer over each character than a comparison. */
const PATTERN_FUNCTION = 'matches';

export class RuleBudget {
  #left = UNITS_MAX;
  /** Once spent, a rule's outcome says nothing. */
  spent = false;

  charge(units: number): void {
    this.#left -= units;
    if (this.#left > 0) return;
    this.spent = true;
    throw new Error('the rule costs too much on this answer');
  }

  refill(): void {
    this.#left = UNITS_MAX;
    this.spent = false;
  }
}

/** The same function, paid for at each call. */
export function counted(original: CelFunc, budget: RuleBudget): CelFunc {
  const perUnit = original.name === PATTERN_FUNCTION ? 1 : CHARACTERS_PER_UNIT;
  const call: CelFunc['call'] = (id, target, args) => {
    let characters = lengthOf(target);
    for (const argument of args) characters += lengthOf(argument);
    budget.charge(1 + characters / perUnit);
    return original.call(id, target, args);
  };
  return Object.create(original, { call: { value: call } }) as CelFunc;
}

/** To be called once the evaluator is loaded: CEL knows its lists and maps by what they inherit. */
export function adoptCel({ celList, celMap }: typeof import('@bufbuild/cel')): void {
  Object.setPrototypeOf(CountedList.prototype, celList([]));
  Object.setPrototypeOf(CountedMap.prototype, celMap(new Map()));
}

/** A parsed JSON value as CEL sees it; numbers are doubles. Nothing is copied ahead of its use. */
export function countedJson(value: unknown, budget: RuleBudget): CelInput {
  if (typeof value !== 'object' || value === null) return value as CelInput;
  const view = Array.isArray(value)
    ? new CountedList(value, budget)
    : new CountedMap(value as Record<string, unknown>, budget);
  return view as unknown as CelInput;
}

class CountedList {
  readonly #elements: readonly unknown[];
  readonly #budget: RuleBudget;

  constructor(elements: readonly unknown[], budget: RuleBudget) {
    this.#elements = elements;
    this.#budget = budget;
  }

  get size(): number {
    return this.#elements.length;
  }

  get(at: number): CelInput | undefined {
    this.#budget.charge(1);
    const element = this.#elements[at];
    return element === undefined ? undefined : countedJson(element, this.#budget);
  }

  *values(): Generator<CelInput> {
    for (const element of this.#elements) {
      this.#budget.charge(1);
      yield countedJson(element, this.#budget);
    }
  }

  [Symbol.iterator](): Generator<CelInput> {
    return this.values();
  }
}

class CountedMap {
  readonly #members: Record<string, unknown>;
  readonly #budget: RuleBudget;

  constructor(members: Record<string, unknown>, budget: RuleBudget) {
    this.#members = members;
    this.#budget = budget;
  }

  get size(): number {
    return Object.keys(this.#members).length;
  }

  /** Also of a member that is null, which CEL's own maps deny. */
  has(key: unknown): boolean {
    this.#budget.charge(1);
    return typeof key === 'string' && Object.hasOwn(this.#members, key);
  }

  get(key: unknown): CelInput | undefined {
    return this.has(key) ? countedJson(this.#members[String(key)], this.#budget) : undefined;
  }

  *keys(): Generator<string> {
    for (const key of Object.keys(this.#members)) {
      this.#budget.charge(1);
      yield key;
    }
  }

  *entries(): Generator<[string, CelInput]> {
    for (const key of this.keys()) yield [key, countedJson(this.#members[key], this.#budget)];
  }

  *values(): Generator<CelInput> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): Generator<[string, CelInput]> {
    return this.entries();
  }

  forEach(callback: (value: CelInput, key: string, map: this) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length : 0;
}
