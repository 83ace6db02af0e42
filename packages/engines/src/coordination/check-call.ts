// What no engine takes, refused before it is sent, so that a call that works on one engine works on
// all. Checks never touch the store and never change what they are given.

import { HoldfastError } from '@holdfast/kernel';
import {
  KEY_BYTES_MAX,
  LEASE_BOUNDS,
  type Operation,
  TRANSACTION_BYTES_MAX,
  TRANSACTION_OPERATIONS_MAX,
  type Transaction,
  VALUE_BYTES_MAX,
} from './coordination.ts';

/** UTF-8 has at most three bytes per UTF-16 code unit. */
const BYTES_PER_UNIT_MAX = 3;

export function checkKey(key: string): void {
  if (key === '') throw usage('A key is empty', 'Give the key a name.');
  checkText(key, 'A key');
}

/** The empty prefix means every key. */
export function checkPrefix(prefix: string): void {
  checkText(prefix, 'A prefix');
}

/** Of `list` (`at`) and `watch` (`from`). */
export function checkRevision(revision: bigint): void {
  if (revision < 1n)
    throw usage(`Revision ${revision} was asked for`, 'Revisions are counted from 1.');
}

export function futureRevision(asked: bigint, newest: bigint): HoldfastError {
  return usage(
    `Revision ${asked} was asked for, and the store is at ${newest}`,
    'Ask for a revision that this store has told.',
  );
}

export function checkTtl(ttlMs: number): void {
  const { minMs, maxMs } = LEASE_BOUNDS;
  if (ttlMs >= minMs && ttlMs <= maxMs) return;
  throw usage(`A lease of ${ttlMs} ms was asked for`, `Ask for ${minMs} to ${maxMs} ms.`);
}

/**
 * Throws USAGE, also for what only the branch that is not taken holds. Returns how much its keys (by their
 * UTF-16 length) and values take together.
 */
export function checkTransaction(transaction: Transaction): number {
  const { if: compares, then, else: otherwise = [] } = transaction;
  let bytes = 0;
  checkCount(compares, 'comparisons');
  for (const compare of compares) {
    checkKey(compare.key);
    bytes += compare.key.length + ('value' in compare ? compare.value.length : 0);
  }
  for (const branch of [then, otherwise]) {
    checkCount(branch, 'operations');
    for (const operation of branch) bytes += checkedBytes(operation);
    if (branch.length > 1) checkWrittenOnce(branch);
  }
  if (bytes > TRANSACTION_BYTES_MAX)
    throw usage(
      `A transaction of ${bytes} bytes was asked for`,
      `Keep keys and values of a transaction within ${TRANSACTION_BYTES_MAX} bytes together.`,
    );
  return bytes;
}

function checkedBytes(operation: Operation): number {
  checkKey(operation.key);
  if (operation.type !== 'put') return operation.key.length;
  if (operation.value.length > VALUE_BYTES_MAX)
    throw usage(
      `The value of ${operation.key} has ${operation.value.length} bytes`,
      `Keep values within ${VALUE_BYTES_MAX} bytes.`,
    );
  if (operation.lease === 0n)
    throw usage(`${operation.key} is put with lease 0`, 'Leave the lease out, or name one.');
  return operation.key.length + operation.value.length;
}

function checkWrittenOnce(branch: readonly Operation[]): void {
  const written = new Set<string>();
  for (const { type, key } of branch) {
    if (type === 'get') continue;
    if (written.has(key))
      throw usage(`A transaction writes ${key} twice`, 'Write each key once per transaction.');
    written.add(key);
  }
}

function checkCount(list: readonly unknown[], what: string): void {
  if (list.length > TRANSACTION_OPERATIONS_MAX)
    throw usage(
      `A transaction has ${list.length} ${what}`,
      `Split it into transactions of at most ${TRANSACTION_OPERATIONS_MAX} ${what}.`,
    );
}

function checkText(text: string, what: string): void {
  if (!text.isWellFormed())
    throw usage(`${what} holds half a character`, 'Use whole Unicode characters.');
  if (text.length * BYTES_PER_UNIT_MAX <= KEY_BYTES_MAX) return;
  const bytes = Buffer.byteLength(text);
  if (bytes > KEY_BYTES_MAX)
    throw usage(`${what} has ${bytes} bytes`, `Keep keys within ${KEY_BYTES_MAX} bytes.`);
}

function usage(what: string, cure: string): HoldfastError {
  return new HoldfastError('USAGE', what, cure);
}
