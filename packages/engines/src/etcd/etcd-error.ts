// What etcd says, in the words of the contract. Secrets never stand in what etcd says.

import { HoldfastError, isHoldfastError } from '@holdfast/kernel';
import { compacted, coordinationFailed, leaseLost } from '../coordination/coordination-error.ts';
import { GrpcFailure, STATUS } from './grpc-failure.ts';

/** What a call was about, for its errors. */
export interface Subject {
  revision?: bigint;
  lease?: bigint;
}

/** A HoldfastError of what a call threw; what is no failure of a call, such as an abort's reason, stays. */
export function contractError(thrown: unknown, subject: Subject = {}): unknown {
  if (!(thrown instanceof GrpcFailure)) return thrown;
  const said = thrown.message;
  if (said.includes('has been compacted')) return compacted(subject.revision ?? 0n);
  if (said.includes('requested lease not found')) return leaseLost(subject.lease ?? 0n);
  return refusal(thrown, said) ?? coordinationFailed(sentence(said), cureOf(said), thrown);
}

export function unreadable(cause: unknown): HoldfastError {
  if (isHoldfastError(cause)) return cause;
  return coordinationFailed(
    'etcd answered with bytes that are no answer of etcd.',
    'Check that the endpoints are those of an etcd of version 3.4 or later.',
    cause,
  );
}

function refusal(failure: GrpcFailure, said: string): HoldfastError | undefined {
  const { status } = failure;
  if (!failure.said) return undefined;
  if (status === STATUS.permissionDenied || said.includes('permission denied'))
    return new HoldfastError(
      'FORBIDDEN',
      `etcd: ${said}.`,
      'Grant the user a role with read and write permission for the keys of Holdfast.',
      failure,
    );
  if (status === STATUS.unauthenticated || /user name is empty|authentication failed/.test(said))
    return new HoldfastError(
      'UNAUTHORIZED',
      `etcd: ${said}.`,
      'Name the user and the password of the etcd cluster, or a client certificate that it knows.',
      failure,
    );
  if (status === STATUS.invalidArgument || status === STATUS.outOfRange)
    return new HoldfastError('USAGE', `etcd: ${said}.`, 'Correct the call.', failure);
  return undefined;
}

function sentence(said: string): string {
  return said.endsWith('.') ? said : `etcd: ${said}.`;
}

function cureOf(said: string): string {
  if (said.includes('database space exceeded'))
    return 'Compact and defragment etcd, raise --quota-backend-bytes, and disarm the alarm with etcdctl alarm disarm.';
  if (/certificate|self-signed|tls|ssl/i.test(said))
    return "Name the authority of etcd's certificate (ca), and a client certificate where etcd asks for one.";
  return 'Check that the etcd endpoints are right, that they are up, and that more than half of its members are.';
}
