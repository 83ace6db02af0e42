// The code that an answer bore, in the words of its protocol: the number of an HTTP status, the name
// of a gRPC status or of a DNS response code. What gave no answer has none; nothing is made up.

import type { ProbeResult } from '@holdfast/resources/result';

/** Codes beyond those that are told apart. */
export const OTHER_CODES = 'other';
/** Far more than any name of the three protocols has. */
const CODE_CHARACTERS_MAX = 40;
const FIELDS = new Map([
  ['http', 'status_code'],
  ['grpc', 'grpc_status'],
  ['dns', 'rcode'],
]);

/** Undefined for kinds without codes and for runs that had no answer. */
export function codeOf({ kind, detail }: Pick<ProbeResult, 'kind' | 'detail'>): string | undefined {
  const field = FIELDS.get(kind);
  if (field === undefined) return undefined;
  const value = detail[field];
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  if (typeof value !== 'string' || value === '') return undefined;
  // No protocol has such a name, and PostgreSQL takes NUL in no text.
  return value.length > CODE_CHARACTERS_MAX || value.includes('\0') ? OTHER_CODES : value;
}
