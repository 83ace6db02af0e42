// What a command did to the store, no more and no less: effects are what is written to the journal
// and what is applied to memory, so that both come to the same.

import type { Change } from '../coordination/coordination.ts';

export type Effect =
  /** One transaction; never without changes. */
  | { type: 'changes'; revision: bigint; changes: Change[] }
  | { type: 'grant'; lease: bigint; ttlMs: number }
  /** After its keys have vanished. */
  | { type: 'revoke'; lease: bigint };

export type Transition = Extract<Effect, { type: 'changes' }>;

export function keyOf(change: Change): string {
  return change.type === 'put' ? change.entry.key : change.key;
}

export function revisionOf(change: Change): bigint {
  return change.type === 'put' ? change.entry.modRevision : change.modRevision;
}
