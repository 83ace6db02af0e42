// The messages of etcd's v3 API that we send and read, as tables of field numbers: what rpc.proto and
// kv.proto of etcd 3.4 to 3.6 publish, of which only the fields we use stand here. Numbers never change.

import {
  bytes,
  type Decoded,
  flag,
  type Given,
  int32,
  int64,
  message,
  nested,
  repeated,
  text,
  uint64,
} from './message-table.ts';

export const header = message({ clusterId: uint64(1), memberId: uint64(2), revision: int64(3) });

/** Our keys are text; a foreign key that is none is read with replacement characters. */
export const keyValue = message({
  key: text(1),
  createRevision: int64(2),
  modRevision: int64(3),
  value: bytes(5),
  lease: int64(6),
});
export type KeyValue = Decoded<typeof keyValue>;

/** An end of one zero byte: all keys from `key` on. */
export const rangeRequest = message({
  key: text(1),
  rangeEnd: bytes(2),
  limit: int64(3),
  revision: int64(4),
});
export const rangeResponse = message({
  header: nested(1, header),
  kvs: repeated(nested(2, keyValue)),
  more: flag(3),
});

const putRequest = message({ key: text(1), value: bytes(2), lease: int64(3) });
const deleteRangeRequest = message({ key: text(1) });

/** One of them. */
const requestOperation = message({
  range: nested(1, rangeRequest),
  put: nested(2, putRequest),
  deleteRange: nested(3, deleteRangeRequest),
});
export type RequestOperation = Given<Decoded<typeof requestOperation>>;

export const COMPARE_TARGET = { createRevision: 1, modRevision: 2, value: 3 } as const;

/** The result asked for is equality, which is 0 and need not be said. */
const compare = message({
  target: int32(2),
  key: text(3),
  createRevision: int64(5),
  modRevision: int64(6),
  value: bytes(7),
});
export type CompareRequest = Given<Decoded<typeof compare>>;

export const txnRequest = message({
  compare: repeated(nested(1, compare)),
  success: repeated(nested(2, requestOperation)),
  failure: repeated(nested(3, requestOperation)),
});
const responseOperation = message({ range: nested(1, rangeResponse) });
export const txnResponse = message({
  header: nested(1, header),
  succeeded: flag(2),
  responses: repeated(nested(3, responseOperation)),
});

export const compactionRequest = message({ revision: int64(1) });
/** For answers of which we read nothing. */
export const nothing = message({});

const watchCreateRequest = message({
  key: text(1),
  rangeEnd: bytes(2),
  startRevision: int64(3),
  fragment: flag(8),
});
/** One of them. */
export const watchRequest = message({
  create: nested(1, watchCreateRequest),
  progress: nested(3, nothing),
});

export const EVENT_TYPE = { put: 0, delete: 1 } as const;

const event = message({ type: int32(1), kv: nested(2, keyValue) });
export type WatchEvent = Decoded<typeof event>;

export const watchResponse = message({
  header: nested(1, header),
  created: flag(3),
  canceled: flag(4),
  compactRevision: int64(5),
  cancelReason: text(6),
  /** More of the same answer follows. */
  fragment: flag(7),
  events: repeated(nested(11, event)),
});
export type WatchResponse = Decoded<typeof watchResponse>;

/** Seconds. */
export const leaseGrantRequest = message({ ttlSeconds: int64(1), id: int64(2) });
export const leaseGrantResponse = message({ id: int64(2), ttlSeconds: int64(3) });
export const leaseRevokeRequest = message({ id: int64(1) });
export const leaseKeepAliveRequest = message({ id: int64(1) });
/** A ttl of 0 or less: the lease is gone. */
export const leaseKeepAliveResponse = message({ id: int64(2), ttlSeconds: int64(3) });

const member = message({
  id: uint64(1),
  name: text(2),
  clientUrls: repeated(text(4)),
  learner: flag(5),
});
export const memberListResponse = message({
  header: nested(1, header),
  members: repeated(nested(2, member)),
});
export const statusResponse = message({
  header: nested(1, header),
  version: text(2),
  leader: uint64(4),
  /** Alarms, such as a full quota. */
  errors: repeated(text(8)),
});

export const authenticateRequest = message({ name: text(1), password: text(2) });
export const authenticateResponse = message({ token: text(2) });
