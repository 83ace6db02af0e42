// Durations in what people write: `30s`, `1m30s`, `500ms`, `7d`, or a bare number of seconds.

import { parseDurationMs } from '@holdfast/kernel';
import * as z from 'zod';
import { demand } from './demand.ts';

export type DurationText = string | number;

export interface DurationBounds {
  minMs: number;
  maxMs: number;
}

/** Bounds of a field, with the words for them. */
export interface DurationRange extends DurationBounds {
  text: string;
}

/** Undefined when it is no duration. */
export function durationMs(written: DurationText): number | undefined {
  return parseDurationMs(String(written));
}

/** For editors only; the kernel's reading decides. */
const PATTERN = /^\s*(\d+(\.\d+)?(w|d|h|m|s|ms)?)+\s*$/;

export function durationField(bounds: DurationRange, example: string) {
  const wanted = demand(`must be a duration of ${bounds.text}`, `write it like ${example}`);
  const number = z.number({ error: wanted });
  const text = z.string({ error: wanted }).regex(PATTERN, { error: wanted });
  return z.union([text, number], { error: wanted }).superRefine((written, context) => {
    const ms = durationMs(written);
    const held = ms !== undefined && ms >= bounds.minMs && ms <= bounds.maxMs;
    if (!held) context.addIssue({ code: 'custom', message: wanted });
  });
}
