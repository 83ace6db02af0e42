// The errors of the contract, said once, so that every engine says them alike.

import { HoldfastError } from '@holdfast/kernel';

export function coordinationFailed(what: string, cure: string, cause?: unknown): HoldfastError {
  return new HoldfastError('COORDINATION_FAILED', what, cure, cause);
}

/** `oldest`: the first revision that can still be asked for. */
export function compacted(asked: bigint, oldest?: bigint): HoldfastError {
  const kept = oldest === undefined ? '' : `; the oldest one kept is ${oldest}`;
  return new HoldfastError(
    'COMPACTED',
    `Revision ${asked} is no longer kept${kept}`,
    'List the keys anew and go on from the revision of that list.',
  );
}

export function leaseLost(id: bigint): HoldfastError {
  return new HoldfastError(
    'LEASE_LOST',
    `Lease ${id.toString(16)} is gone: it ran out or was released`,
    'Take a new lease and write the keys that stood on the old one again.',
  );
}

/** Of every call after `close`. */
export function closed(): HoldfastError {
  return coordinationFailed('Coordination is closed', 'Open it again, or stop asking it.');
}
