// How the URL names a result of a check: when it was planned, and where it was measured, for a check may
// be measured at several places at the same moment. Pure. A moment alone names the first result of it.

import type { ProbeResult, ResultKey } from '@holdfast/resources/result';

export interface ResultName {
  plannedAtMs: number;
  location?: string;
}

/** `1763740000000.fra`; a tie of the name stays readable in an address. */
export function resultName({ plannedAtMs, location }: ResultName): string {
  return location === undefined ? String(plannedAtMs) : `${plannedAtMs}.${location}`;
}

/** Nothing for a text that names no result. */
export function parseResultName(text: string): ResultName | undefined {
  const found = /^(\d{1,15})(?:\.(.{1,200}))?$/.exec(text);
  if (found === null) return undefined;
  const [, moment, location] = found;
  return { plannedAtMs: Number(moment), ...(location === undefined ? {} : { location }) };
}

export function isNamed(name: ResultName | undefined, key: ResultKey): boolean {
  return (
    name !== undefined &&
    name.plannedAtMs === key.plannedAtMs &&
    (name.location ?? key.location) === key.location
  );
}

export function isSame(one: ProbeResult | undefined, other: ProbeResult | undefined): boolean {
  return one !== undefined && other !== undefined && isNamed(one.key, other.key);
}
