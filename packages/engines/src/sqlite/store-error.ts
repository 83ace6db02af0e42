// What went wrong in SQLite, said as one of our errors with a cure that fits the cause. Errors cross
// threads as plain records and become errors again on the other side.

import { type ErrorCode, HoldfastError, isHoldfastError } from '@holdfast/kernel';
import { STORE_CURE } from '../rows/store-failed.ts';

/** Result codes of SQLite, https://www.sqlite.org/rescode.html. Extended codes carry them in the low byte. */
const BUSY = 5;
const READ_ONLY = 8;
const INPUT_OUTPUT = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

const DAMAGED =
  'The file is damaged: stop Holdfast and restore it from a backup, or move it away to start empty.';
const PLACE = 'Check that the folder exists and that Holdfast may write there.';
const CURES = new Map([
  [BUSY, 'Another program holds the store: close it and try again.'],
  [READ_ONLY, PLACE],
  [INPUT_OUTPUT, 'The disk failed to read or write: look at the log of the machine.'],
  [CORRUPT, DAMAGED],
  [FULL, 'Free some space on the disk, or keep results for a shorter time.'],
  [CANNOT_OPEN, PLACE],
  [NOT_A_DATABASE, DAMAGED],
]);

export interface ErrorRecord {
  code: ErrorCode;
  what: string;
  cure: string;
}

export function toErrorRecord(error: unknown): ErrorRecord {
  if (isHoldfastError(error)) return { code: error.code, what: error.message, cure: error.cure };
  const what = error instanceof Error ? error.message : String(error);
  // Errors of the file system name the system call that failed.
  const isPlace = error instanceof Error && 'syscall' in error;
  const cure = isPlace ? PLACE : (CURES.get(primaryCode(error)) ?? STORE_CURE);
  return { code: 'STORE_FAILED', what: `The result store failed: ${what}`, cure };
}

export function fromErrorRecord(record: ErrorRecord): HoldfastError {
  return new HoldfastError(record.code, record.what, record.cure);
}

export function isBusy(error: unknown): boolean {
  return primaryCode(error) === BUSY;
}

function primaryCode(error: unknown): number {
  if (!(error instanceof Error && 'errcode' in error)) return 0;
  return Number(error.errcode) % 256;
}
