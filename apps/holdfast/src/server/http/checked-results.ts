// Results as agents deliver them, looked at before they reach the store that all servers share: of this
// agent's location, of times that can be, in the form that every reader counts on. What is refused is
// refused with USAGE, so that the agent gives up that one result and not the rest.

import { HoldfastError } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';

const STATUSES: readonly unknown[] = ['up', 'down', 'timeout', 'invalid'];
/** The longest that results wait for a server; a clock that is further off is wrong. */
const PAST_MS_MAX = 35 * 86_400_000;
const FUTURE_MS_MAX = 3_600_000;
const NAME_LENGTH_MAX = 64;

/** Throws HoldfastError USAGE with the first result that cannot be taken. */
export function checkedResults(
  given: readonly unknown[],
  location: string,
  nowMs: number,
): ProbeResult[] {
  return given.map((result, index) => {
    const problem = problemOf(result, location, nowMs);
    if (problem === undefined) return result as ProbeResult;
    const cure = 'Bring agent and server to the same version, and set the clock of the agent.';
    throw new HoldfastError('USAGE', `result ${index + 1} ${problem}`, cure);
  });
}

function problemOf(given: unknown, location: string, nowMs: number): string | undefined {
  const result = fieldsOf(given);
  const key = fieldsOf(result?.key);
  if (result === undefined || key === undefined) return 'is no result';
  if (!isName(key.namespace) || !isName(key.check)) return 'names no check';
  if (key.location !== location) return `is not of location ${location}`;
  const { plannedAtMs, attempt } = key;
  if (!isWhole(plannedAtMs) || !isWhole(attempt)) return 'has no planned time';
  if (plannedAtMs < nowMs - PAST_MS_MAX) return 'was planned more than 35 days ago';
  if (plannedAtMs > nowMs + FUTURE_MS_MAX) return 'was planned for more than an hour from now';
  const texts = [result.kind, result.target, result.agent];
  if (!texts.every((text) => typeof text === 'string')) return 'lacks its kind, target or agent';
  const times = [result.startedAtMs, result.scheduleLagMs, result.loopLagMs, result.totalMs];
  if (!times.every(Number.isFinite)) return 'lacks one of its times';
  if (!STATUSES.includes(result.status)) return 'has no status';
  if (!Array.isArray(result.phases)) return 'has no phases';
  if (fieldsOf(result.context) === undefined) return 'has no context';
  return fieldsOf(result.detail) === undefined ? 'has no detail' : undefined;
}

function fieldsOf(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= NAME_LENGTH_MAX;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
