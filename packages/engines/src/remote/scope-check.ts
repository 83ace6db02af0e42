// Whether a request lies within the scope of its caller, before anything is done. What lies outside is
// FORBIDDEN with the key said, and a transaction is refused whole, whichever branch would be taken.

import { HoldfastError } from '@holdfast/kernel';
import type { Transaction } from '../coordination/coordination.ts';
import { mayRead, mayWrite, reachOf, type Scope } from './scope.ts';
import { operationsOf } from './wire-requests.ts';

export function checkReads(scope: Scope, key: string): void {
  if (!mayRead(scope, key)) throw outside(scope, 'read', key);
}

/** Throws FORBIDDEN; gives the key alone where the prefix reaches no further. */
export function narrowed(scope: Scope, prefix: string): string | undefined {
  const reach = reachOf(scope, prefix);
  if (reach === 'none') throw outside(scope, 'read all that begins with', prefix);
  return reach === 'key' ? prefix : undefined;
}

/** A comparison tells of its key, so it reads it. */
export function checkWithin(scope: Scope, transaction: Transaction): void {
  for (const { key } of transaction.if) checkReads(scope, key);
  for (const { type, key } of operationsOf(transaction)) {
    if (type === 'get') checkReads(scope, key);
    else if (!mayWrite(scope, key)) throw outside(scope, 'change', key);
  }
}

function outside({ holder }: Scope, verb: string, key: string): HoldfastError {
  return new HoldfastError(
    'FORBIDDEN',
    `The token of ${holder} may not ${verb} ${JSON.stringify(key)}`,
    'Stay within the keys of the token, or use a token of another role.',
  );
}
