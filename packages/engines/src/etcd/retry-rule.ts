// Whether a call that failed may be made again, and where. What changes nothing may be asked anew
// whatever happened; a transaction only when it surely did not happen, because doing it twice, or
// calling it failed though it happened, would be a lie.

import { type GrpcFailure, STATUS } from './grpc-failure.ts';

export type Retry = 'elsewhere' | 'here' | 'authenticate';

/** Said before anything is proposed to the cluster. */
const NOT_DONE =
  /etcdserver: (no leader|too many requests|rpc not supported for learner)|raft proposal dropped/;
const TOKEN_REFUSED =
  /etcdserver: (invalid auth token|revision of auth store is old|user name is empty)/;
const PASSING = new Set<number>([STATUS.unavailable, STATUS.deadlineExceeded]);

/** `undefined`: not at all. `idempotent`: making it twice is as good as once. */
export function retryOf(failure: GrpcFailure, idempotent: boolean): Retry | undefined {
  if (!failure.said) {
    // An answer that is too long or none of gRPC would be so again.
    if (!PASSING.has(failure.status)) return undefined;
    return failure.sent && !idempotent ? undefined : 'elsewhere';
  }
  if (TOKEN_REFUSED.test(failure.message)) return 'authenticate';
  if (NOT_DONE.test(failure.message))
    return failure.message.includes('too many requests') ? 'here' : 'elsewhere';
  if (!idempotent) return undefined;
  return PASSING.has(failure.status) ? 'elsewhere' : undefined;
}

/** The member is of no use now, whether or not this call may be made again. */
export function blames(failure: GrpcFailure): boolean {
  if (!PASSING.has(failure.status)) return false;
  return failure.said || failure.sent;
}
