// A share of a whole, as people write it: `0.2` or `20%`.

import * as z from 'zod';
import { demand } from './demand.ts';

const WANTED = demand('must be a share of 0 to 1, or of 0% to 100%', "write it like 0.2 or '20%'");
const PERCENT = /^(\d{1,3}(?:\.\d{1,6})?)\s*%$/;

/** 0 … 1, or undefined when it is no share. */
export function shareOf(written: string | number): number | undefined {
  const digits = PERCENT.exec(String(written).trim())?.[1];
  const share = digits === undefined ? Number(written) : Number(digits) / 100;
  return typeof written === 'string' && digits === undefined
    ? undefined
    : share >= 0 && share <= 1
      ? share
      : undefined;
}

export const shareField = z
  .union(
    [z.string({ error: WANTED }).regex(PERCENT, { error: WANTED }), z.number({ error: WANTED })],
    {
      error: WANTED,
    },
  )
  .superRefine((written, context) => {
    if (shareOf(written) === undefined) context.addIssue({ code: 'custom', message: WANTED });
  });
