// What each namespace may ask for: its own limits, else those of the file, else those of the house.
// Limits on sums are told once for each namespace, at the check that goes beyond.

import { formatDuration } from '@holdfast/kernel';
import type { DurationBounds } from '../fields/duration-field.ts';
import type { WrittenLimits } from '../limits.ts';
import type { Preset } from '../presets.ts';
import type { CheckLimits } from '../probe-check/check-fault.ts';
import { INTERVAL_BOUNDS } from '../probe-check/check-fields.ts';
import { intervalMs, milliseconds } from '../probe-check/check-times.ts';
import type { CheckDraft } from './check-draft.ts';
import type { FileContents } from './file-contents.ts';
import type { At, ProblemList } from './problem-list.ts';

/** Often enough for what pages people, and no load on anybody. */
const DEFAULT_INTERVAL_BOUNDS: DurationBounds = { minMs: 5_000, maxMs: 300_000 };

interface Limits extends CheckLimits {
  checks?: number | undefined;
  runsPerSecond?: number | undefined;
}

/** `house`: a check may ask for no more than its namespace; `hard`: only the bounds of fields count. */
export type LimitsInForce = 'house' | 'hard';

export class NamespaceLimits {
  readonly #file: Limits;
  readonly #own = new Map<string, Limits>();

  /** Limits that exclude each other join the list, and are not in force. */
  constructor(
    contents: FileContents,
    list: ProblemList,
    inForce: LimitsInForce,
    preset: Preset | undefined,
  ) {
    const house: Limits = {
      interval:
        inForce === 'hard'
          ? INTERVAL_BOUNDS
          : laid(DEFAULT_INTERVAL_BOUNDS, preset?.limits?.interval),
      section: 'limits: …',
    };
    const { limits, namespaces } = contents;
    this.#file = limits === undefined ? house : this.#over(house, limits.value, limits.at, list);
    for (const { name, limits: own, limitsAt } of namespaces) {
      if (name === undefined || this.#own.has(name)) continue;
      const section = `namespaces: [{name: ${name}, limits: …}]`;
      this.#own.set(name, { ...this.#over(this.#file, own, limitsAt, list), section });
    }
  }

  of(namespace: string): Limits {
    return this.#own.get(namespace) ?? this.#file;
  }

  /** What all checks of a namespace may ask for together. */
  proveSums(checks: readonly CheckDraft[], list: ProblemList): void {
    for (const [namespace, drafts] of Map.groupBy(checks, (draft) => draft.namespace)) {
      const limits = this.of(namespace);
      const beyond = limits.checks === undefined ? undefined : drafts[limits.checks];
      if (beyond !== undefined) {
        const message = `is check ${Number(limits.checks) + 1} of namespace ${namespace}, whose limit is ${limits.checks}`;
        const hint = `remove some, or write ${widened(limits, `{checks: ${drafts.length}}`)}`;
        list.value(beyond.origin(['name']), { message, hint });
      }
      if (limits.runsPerSecond !== undefined)
        proveRuns(namespace, drafts, limits, limits.runsPerSecond, list);
    }
  }

  #over(under: Limits, written: Partial<WrittenLimits>, at: At, list: ProblemList): Limits {
    const interval = laid(under.interval, written.interval);
    const timeoutMaxMs = milliseconds(written.timeout?.max) ?? under.timeoutMaxMs;
    const limits: Limits = {
      ...under,
      interval,
      checks: written.checks ?? under.checks,
      runsPerSecond: written.runsPerSecond ?? under.runsPerSecond,
      ...(timeoutMaxMs === undefined ? {} : { timeoutMaxMs }),
    };
    if (interval.minMs <= interval.maxMs) return limits;
    const bound = written.interval?.min === undefined ? 'max' : 'min';
    const place = { root: at.root, path: [...at.path, 'interval', bound] };
    if (bound === 'min')
      list.value(place, {
        message: `is more than max, ${formatDuration(interval.maxMs)}`,
        hint: written.interval?.max === undefined ? 'write max, too' : 'exchange the two',
      });
    else
      list.value(place, {
        message: `is less than min, ${formatDuration(interval.minMs)}`,
        hint: 'write min, too',
      });
    return { ...limits, interval: INTERVAL_BOUNDS };
  }
}

function proveRuns(
  namespace: string,
  drafts: readonly CheckDraft[],
  limits: Limits,
  most: number,
  list: ProblemList,
): void {
  const running = drafts.filter(({ spec }) => spec.paused !== true);
  const rates = running.map(({ spec }) => 1_000 / intervalMs(spec));
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  // Rates are fractions: what is equal on paper must not fail by rounding.
  if (total <= most * (1 + 1e-9)) return;
  let sum = 0;
  const beyond = running.find((_, index) => {
    sum += rates[index] ?? 0;
    return sum > most * (1 + 1e-9);
  });
  if (beyond === undefined) return;
  const shown = Math.ceil(total * 10) / 10;
  const message = `brings namespace ${namespace} beyond its limit of ${most} runs a second; all its checks make ${shown}`;
  const hint = `write longer intervals, or ${widened(limits, `{runsPerSecond: ${Math.ceil(total)}}`)}`;
  list.value(beyond.origin(['name']), { message, hint });
}

function widened({ section }: Limits, wider: string): string {
  return section.replace('…', wider);
}

function laid(
  under: DurationBounds,
  written: { min?: string | number | undefined; max?: string | number | undefined } = {},
): DurationBounds {
  return {
    minMs: milliseconds(written.min) ?? under.minMs,
    maxMs: milliseconds(written.max) ?? under.maxMs,
  };
}
