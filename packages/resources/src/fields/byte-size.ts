// Sizes in bytes as people write them: `1MiB`, `500kB`, `2 MB`, or a bare number of bytes.

import * as z from 'zod';
import { demand } from './demand.ts';

const UNITS: Record<string, number> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

const PATTERN = /^(\d{1,12}(?:\.\d{1,6})?)\s*([kKmMgG]?[iI]?[bB])?$/;

/** Whole bytes, or undefined when it is no size. */
export function byteSize(written: string | number): number | undefined {
  const [, digits, unit = ''] = PATTERN.exec(String(written).trim()) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  return digits === undefined || factor === undefined
    ? undefined
    : Math.floor(Number(digits) * factor);
}

export function byteSizeField(maxBytes: number, maxText: string) {
  const wanted = demand(
    `must be a size of 1 byte to ${maxText}`,
    'write it like 1MiB, or as bytes',
  );
  const text = z.string({ error: wanted }).regex(PATTERN, { error: wanted });
  return z
    .union([text, z.number({ error: wanted })], { error: wanted })
    .superRefine((written, context) => {
      const bytes = byteSize(written);
      const held = bytes !== undefined && bytes >= 1 && bytes <= maxBytes;
      if (!held) context.addIssue({ code: 'custom', message: wanted });
    });
}
