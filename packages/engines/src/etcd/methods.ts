// The methods of etcd's v3 API that we call: where each is, what it takes and what it gives.

import type { Message } from './message-table.ts';
import * as messages from './messages.ts';

export interface Method<Q, A> {
  path: string;
  request: Message<Q>;
  answer: Message<A>;
}

function method<Q, A>(path: string, request: Message<Q>, answer: Message<A>): Method<Q, A> {
  return { path: `/etcdserverpb.${path}`, request, answer };
}

export const METHODS = {
  range: method('KV/Range', messages.rangeRequest, messages.rangeResponse),
  txn: method('KV/Txn', messages.txnRequest, messages.txnResponse),
  compact: method('KV/Compact', messages.compactionRequest, messages.nothing),
  leaseGrant: method('Lease/LeaseGrant', messages.leaseGrantRequest, messages.leaseGrantResponse),
  leaseRevoke: method('Lease/LeaseRevoke', messages.leaseRevokeRequest, messages.nothing),
  memberList: method('Cluster/MemberList', messages.nothing, messages.memberListResponse),
  status: method('Maintenance/Status', messages.nothing, messages.statusResponse),
  authenticate: method(
    'Auth/Authenticate',
    messages.authenticateRequest,
    messages.authenticateResponse,
  ),
} as const;

export const WATCH_PATH = '/etcdserverpb.Watch/Watch';
export const KEEP_ALIVE_PATH = '/etcdserverpb.Lease/LeaseKeepAlive';
