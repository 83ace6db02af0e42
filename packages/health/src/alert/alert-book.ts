// Every pair of rule and matching check with its state and open alert, in memory. It turns runs and
// changes of configuration into happenings (fired, recovered, closed) that carry whole records. It
// does no I/O and waits for nothing; its size is bounded by rules × matched checks.

import { type Chance, type Clock, newId } from '@holdfast/kernel';
import type { AlertRecord } from '@holdfast/resources/alert-record';
import type { CompiledRule } from '@holdfast/resources/compiled-alert';
import type { CheckReference, ProbeResult } from '@holdfast/resources/result';
import { matchesRule } from '@holdfast/resources/rule-match';
import type { AlertEffect, CloseCause } from './alert-state.ts';
import {
  CALM,
  type CheckAlertState,
  type CheckAlertStep,
  hydrateCheckAlert,
  type PlacedRun,
  stepCheckAlert,
  withdrawCheckAlert,
} from './check-alert.ts';
import type { WatchedCheck } from './watched-check.ts';

export type Happening =
  | { type: 'fired' | 'recovered'; record: AlertRecord; rule: CompiledRule; check: WatchedCheck }
  | { type: 'closed'; record: AlertRecord; cause: CloseCause };

/** Invariant: `record` is there if and only if `state.firing`. */
interface Slot {
  rule: CompiledRule;
  check: WatchedCheck;
  state: CheckAlertState;
  record?: AlertRecord;
}

/** Slots of one check by the name of the rule. */
type Slots = Map<string, Slot>;

export class AlertBook {
  readonly #clock: Clock;
  readonly #chance: Chance;
  #rules: readonly CompiledRule[] = [];
  #checks = new Map<string, Slots>();

  constructor(clock: Clock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
  }

  /** Alerts open now. */
  firing(): Extract<Happening, { rule: CompiledRule }>[] {
    return [...this.#slots()].flatMap(({ rule, check, record }) =>
      record ? [{ type: 'fired' as const, record, rule, check }] : [],
    );
  }

  /** States survive where rule and check keep their names and still match; other alerts are closed. */
  configure(rules: readonly CompiledRule[], checks: readonly WatchedCheck[]): Happening[] {
    const before = this.#checks;
    this.#rules = rules;
    this.#checks = new Map();
    for (const check of checks) {
      const key = keyOf(check.namespace, check.name);
      const slots: Slots = new Map();
      for (const rule of rules) {
        if (!matchesRule(rule.match, check)) continue;
        const kept = before.get(key)?.get(rule.name);
        slots.set(rule.name, kept ? { ...kept, rule, check } : { rule, check, state: CALM });
        before.get(key)?.delete(rule.name);
      }
      this.#checks.set(key, slots);
    }
    const gone = [...before.values()].flatMap((slots) => [...slots.values()]);
    const nowMs = this.#clock.wallMs();
    return gone.flatMap((slot) => {
      const cause = this.#closeCause(slot.rule.name, slot.check.namespace, slot.check.name);
      return this.#take(slot, withdrawCheckAlert(slot.state, cause, nowMs));
    });
  }

  /** Takes up what was open before a restart; `latest` in any order. Call once, after configure. */
  hydrate(open: readonly AlertRecord[], latest: readonly ProbeResult[]): Happening[] {
    const nowMs = this.#clock.wallMs();
    const closed: Happening[] = [];
    for (const record of open.toSorted((a, b) => b.firedAtMs - a.firedAtMs)) {
      const { namespace, check } = record.check;
      const slot = this.#checks.get(keyOf(namespace, check))?.get(record.rule);
      if (slot && !slot.record) slot.record = record;
      else {
        const cause = slot ? 'superseded' : this.#closeCause(record.rule, namespace, check);
        closed.push({ type: 'closed', record: ended(record, nowMs), cause });
      }
    }
    const runs = runsByCheck(latest);
    const replayed = [...this.#slots()].flatMap((slot) => {
      const seen = runs.get(keyOf(slot.check.namespace, slot.check.name)) ?? [];
      const { rule, check, record } = slot;
      return this.#take(slot, hydrateCheckAlert(rule, check, record, seen, nowMs));
    });
    return [...closed, ...replayed];
  }

  observe(result: ProbeResult): Happening[] {
    const slots = this.#checks.get(keyOf(result.key.namespace, result.key.check));
    if (!slots) return [];
    const run = runOf(result);
    const nowMs = this.#clock.wallMs();
    return [...slots.values()].flatMap((slot) =>
      this.#take(slot, stepCheckAlert(slot.rule, slot.check, slot.state, run, nowMs)),
    );
  }

  #take(slot: Slot, step: CheckAlertStep): Happening[] {
    slot.state = step.state;
    return step.effects.map((effect) => this.#happen(slot, effect));
  }

  #happen(slot: Slot, effect: AlertEffect): Happening {
    const { rule, check } = slot;
    if (effect.type === 'fire') {
      const { type: _, ...facts } = effect;
      const id = newId(this.#clock, this.#chance);
      const reference: CheckReference = { namespace: check.namespace, check: check.name };
      slot.record = { id, rule: rule.name, check: reference, state: 'firing', ...facts };
      return { type: 'fired', record: slot.record, rule, check };
    }
    const open = slot.record;
    if (!open) throw new Error('An alert ended that was not open');
    delete slot.record;
    if (effect.type === 'close') {
      return { type: 'closed', record: ended(open, effect.closedAtMs), cause: effect.cause };
    }
    return { type: 'recovered', record: ended(open, effect.recoveredAtMs), rule, check };
  }

  *#slots(): Generator<Slot> {
    for (const slots of this.#checks.values()) yield* slots.values();
  }

  #closeCause(rule: string, namespace: string, check: string): CloseCause {
    if (!this.#checks.has(keyOf(namespace, check))) return 'check_removed';
    return this.#rules.some((known) => known.name === rule) ? 'not_matched' : 'rule_removed';
  }
}

function ended(record: AlertRecord, recoveredAtMs: number): AlertRecord {
  return { ...record, state: 'recovered', recoveredAtMs };
}

function runOf({ key, status, fault }: ProbeResult): PlacedRun {
  const run = { location: key.location, plannedAtMs: key.plannedAtMs, status };
  return fault ? { ...run, fault } : run;
}

function runsByCheck(results: readonly ProbeResult[]): Map<string, PlacedRun[]> {
  const runs = new Map<string, PlacedRun[]>();
  for (const result of results) {
    const key = keyOf(result.key.namespace, result.key.check);
    const known = runs.get(key);
    if (known) known.push(runOf(result));
    else runs.set(key, [runOf(result)]);
  }
  return runs;
}

/** JSON keeps apart what a separator inside a name would join. */
function keyOf(namespace: string, check: string): string {
  return JSON.stringify([namespace, check]);
}
