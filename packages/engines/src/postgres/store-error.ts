// What went wrong with PostgreSQL: whether trying again may help, and else said as one of our errors with
// a cure that fits the cause. What the server says may quote a statement, never a password.

import { type HoldfastError, isHoldfastError } from '@holdfast/kernel';
import { STORE_CURE, storeFailed } from '../rows/store-failed.ts';

/** SQLSTATE, appendix A of the documentation. */
export const UNIQUE_VIOLATION = '23505';
/** A row for which there is no partition counts as one that breaks a constraint. */
export const CHECK_VIOLATION = '23514';
const TRANSIENT_CODES = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '53300', // too_many_connections
  '55P03', // lock_not_available
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOENT', // of a unix socket whose server is being started
]);
/** pg says these without a code. */
const TRANSIENT_WORDS =
  /terminated|timeout|not queryable|Connection ended|socket disconnected|closed the connection/i;
const SQL_STATE = /^[0-9A-Z]{5}$/;
const CONNECTION_CLASS = '08';

const CURES: readonly [prefix: string, cure: string][] = [
  ['28', 'Check the user and the password in the address of the results.'],
  ['3D', 'Create the database that the address names: createdb NAME.'],
  ['42501', 'Give the user the right to create a schema in this database, or create it for it.'],
  ['53100', 'Free some space on the disk of the server, or keep results for a shorter time.'],
  ['25006', 'The server only reads: name the primary in the address.'],
  ['53', 'The server lacks memory or connections: raise its limits or lower the load.'],
];
const UNREACHABLE = 'Check that the server runs, its address, and what stands between.';

/** The connection broke, the server went down, or two transactions met: the same again may succeed. */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  if (code.startsWith(CONNECTION_CLASS) || TRANSIENT_CODES.has(code)) return true;
  return code === '' && error instanceof Error && TRANSIENT_WORDS.test(error.message);
}

export function toStoreError(error: unknown): HoldfastError {
  if (isHoldfastError(error)) return error;
  const what = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  const state = SQL_STATE.test(code) ? ` (SQLSTATE ${code})` : '';
  const known = CURES.find(([prefix]) => code.startsWith(prefix))?.[1];
  const cure = known ?? (isTransient(error) ? UNREACHABLE : STORE_CURE);
  return storeFailed(`PostgreSQL failed: ${what}${state}`, cure, error);
}

export function codeOf(error: unknown): string {
  if (!(error instanceof Error && 'code' in error)) return '';
  return String(error.code);
}
