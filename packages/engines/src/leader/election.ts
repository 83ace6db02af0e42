// One leader at a time for a role, by a key under a lease that whoever comes first may write. The
// create revision of the key is the term: it grows with each leader, and whoever is written to can
// refuse an older one. Being elected is no licence to act: each act is proven by the guard.

import type { Chance, Clock, Logger } from '@holdfast/kernel';
import type { Coordination } from '../coordination/coordination.ts';
import { ElectionLoop } from './election-loop.ts';
import type { Guard } from './guard.ts';
import type { Candidate, Leader } from './leader-record.ts';

export type { Guard } from './guard.ts';
export type { Candidate, Leader } from './leader-record.ts';
export { NotLeaderError } from './not-leader-error.ts';

export interface ElectionOptions {
  coordination: Coordination;
  role: string;
  candidate: Candidate;
  /** Default 10,000; within LEASE_BOUNDS. A leader that dies is followed after it, at the latest a second later. */
  leaseMs?: number;
  clock: Clock;
  /** The system's: the key that signs leases may be made of it. */
  chance: Chance;
  logger: Logger;
  /** Called at once when somebody else leads, or when we begin or cease to; what it throws is logged. */
  onChange?: (election: Election) => void;
}

/** Ours, for one term. */
export interface Leadership {
  readonly role: string;
  /** Fencing token: hand it on with everything that is written elsewhere. */
  readonly term: bigint;
  /** Aborted as soon as the leadership is known to be over; it never comes back. */
  readonly lost: AbortSignal;
  /** Proves before each act that we still lead. */
  readonly guard: Guard;
}

export interface Election {
  readonly role: string;
  /** Who leads, as far as we know; absent while nobody does. */
  readonly leader: Leader | undefined;
  /** Absent while we do not lead. */
  readonly leadership: Leadership | undefined;
  /** Throws NotLeaderError while we do not lead. */
  demandLeadership(): Leadership;
  /** Resigns: the lease is released, so that the successor may begin at once. */
  close(): Promise<void>;
}

/** Campaigns until it is closed. A store that is away is no error here: it tries again. */
export function startElection(options: ElectionOptions): Election {
  const election = new ElectionLoop(options);
  election.start();
  return election;
}
