// Which HTTP statuses are right: `200`, `2xx`, `200-299`, `any`, or a list of these.

import * as z from 'zod';
import type { StatusRange } from '../compiled-check.ts';
import { demand } from './demand.ts';

export type StatusText = string | number | (string | number)[];

const WANTED = demand(
  'must be a status of 100 to 599, a class, a range, or any',
  "write 200, '2xx', '200-299', any, or a list of these",
);
const LIST_MAX = 50;
const LOWEST = 100;
const HIGHEST = 599;
const FORMS = /^(?:([1-5])[xX]{2}|(\d{3})|(\d{3})\s*-\s*(\d{3})|any)$/;

/** The ranges; none = any status. Undefined when a part is no status. */
export function statusRanges(written: StatusText): StatusRange[] | undefined {
  const parts = Array.isArray(written) ? written : [written];
  const ranges: StatusRange[] = [];
  let any = false;
  for (const part of parts) {
    const range = rangeOf(String(part).trim());
    if (range === undefined) return undefined;
    if (range === 'any') any = true;
    else ranges.push(range);
  }
  return any ? [] : ranges;
}

function rangeOf(text: string): StatusRange | 'any' | undefined {
  const [whole, family, single, first, last] = FORMS.exec(text) ?? [];
  if (whole === undefined) return undefined;
  if (family !== undefined) return { from: Number(family) * 100, to: Number(family) * 100 + 99 };
  if (single === undefined && first === undefined) return 'any';
  const from = Number(single ?? first);
  const to = Number(single ?? last);
  return from >= LOWEST && to <= HIGHEST && from <= to ? { from, to } : undefined;
}

function statusPart(zeroIsAny: boolean) {
  const number = z.number({ error: WANTED });
  const text = z.string({ error: WANTED }).regex(FORMS, { error: WANTED });
  return z.union([number, text], { error: WANTED }).superRefine((written, context) => {
    if (zeroIsAny && written === 0) return;
    if (statusRanges(written) === undefined) context.addIssue({ code: 'custom', message: WANTED });
  });
}

function statusForm(zeroIsAny: boolean) {
  const part = statusPart(zeroIsAny);
  const list = z
    .array(part, { error: WANTED })
    .min(1, { error: WANTED })
    .max(LIST_MAX, { error: WANTED });
  return z.union([part, list], { error: WANTED });
}

export const statusField = statusForm(false);
/** The older `expect_code`, where 0 means any. */
export const statusCodeField = statusForm(true);
