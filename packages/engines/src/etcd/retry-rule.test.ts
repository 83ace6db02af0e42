import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcFailure, STATUS, unavailable } from './grpc-failure.ts';
import { retryOf } from './retry-rule.ts';

function said(status: number, what: string): GrpcFailure {
  return new GrpcFailure(status, what, { said: true });
}

test('a transaction is made again only when it surely did not happen', () => {
  for (const failure of [
    unavailable('refused', false),
    said(STATUS.unavailable, 'etcdserver: no leader'),
    said(STATUS.unknown, 'raft proposal dropped'),
  ])
    assert.equal(retryOf(failure, false), 'elsewhere', failure.message);
  assert.equal(
    retryOf(said(STATUS.resourceExhausted, 'etcdserver: too many requests'), false),
    'here',
  );
  for (const failure of [
    unavailable('reset', true),
    new GrpcFailure(STATUS.deadlineExceeded, 'no answer'),
    said(STATUS.unavailable, 'etcdserver: request timed out'),
    said(
      STATUS.unavailable,
      'etcdserver: request timed out, possibly due to previous leader failure',
    ),
    said(STATUS.unavailable, 'etcdserver: leader changed'),
    said(STATUS.unavailable, 'etcdserver: server stopped'),
    said(STATUS.unknown, 'anything'),
    said(STATUS.resourceExhausted, 'etcdserver: mvcc: database space exceeded'),
  ])
    assert.equal(retryOf(failure, false), undefined, failure.message);
});

test('what changes nothing is asked again elsewhere, unless the answer would be the same', () => {
  for (const failure of [
    unavailable('reset', true),
    new GrpcFailure(STATUS.deadlineExceeded, 'no answer'),
    said(STATUS.unavailable, 'etcdserver: leader changed'),
    said(STATUS.unavailable, 'etcdserver: request timed out'),
  ])
    assert.equal(retryOf(failure, true), 'elsewhere', failure.message);
  for (const failure of [
    new GrpcFailure(STATUS.resourceExhausted, 'too long'),
    said(STATUS.permissionDenied, 'etcdserver: permission denied'),
    said(STATUS.outOfRange, 'etcdserver: mvcc: required revision has been compacted'),
    said(STATUS.invalidArgument, 'etcdserver: too many operations in txn request'),
  ])
    assert.equal(retryOf(failure, true), undefined, failure.message);
});

test('a token that is no longer taken is fetched anew, before anything happened', () => {
  const failure = said(STATUS.unauthenticated, 'etcdserver: invalid auth token');
  for (const idempotent of [true, false])
    assert.equal(retryOf(failure, idempotent), 'authenticate');
});
