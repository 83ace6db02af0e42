// What a leader has to prove before each read or write: a fresh heartbeat, the present version of the
// leader's key, and an unexpired lease signed by the house. When any of it fails the leadership is
// given up at once. It must never let a process act that stood still past its lease, and what it lets
// through to the store, the store itself refuses once another one leads.

import type { Transaction, TransactionAnswer } from '../coordination/coordination.ts';

export interface Guard {
  /** Resolves when all is proven now; rejects with NotLeaderError, and then the leadership is lost. */
  prove(signal?: AbortSignal): Promise<void>;
  /**
   * Proves, then writes under the fence: the store carries it out only while our term is the present one.
   * Takes one comparison and one operation less than an engine; `else` may only read.
   * Rejects with NotLeaderError when refused by the fence, else as `Coordination.txn` does.
   */
  txn(transaction: Transaction, signal?: AbortSignal): Promise<TransactionAnswer>;
  /** Proves, then works; what the work writes outside the store it writes with the term. */
  run<T>(work: (lost: AbortSignal) => Promise<T>): Promise<T>;
}
