// The faults that are our own: their class makes a result invalid, because it says nothing of the
// target. A part of the catalogue FAULTS, with the same promise: codes never change.

import type { FaultEntry } from './fault.ts';

export const PROBER_FAULTS = {
  PROBER_EGRESS_DENIED: {
    class: 'prober',
    httpStatus: 500,
    cure: 'The egress policy forbids this address: change `egress` if it is meant to be probed.',
  },
  PROBER_INVALID_CHECK: {
    class: 'prober',
    httpStatus: 400,
    cure: 'The check cannot be run as written: run `holdfast validate`.',
  },
  PROBER_SECRET_MISSING: {
    class: 'prober',
    httpStatus: 500,
    cure: 'Set the variable or file that the placeholder names for the agent.',
  },
  PROBER_TOKEN_REFUSED: {
    class: 'prober',
    httpStatus: 500,
    cure: 'No token, no probe: check the endpoint, client and secret of the token that the check uses.',
  },
  PROBER_NO_ROUTE: {
    class: 'prober',
    httpStatus: 500,
    cure: 'This machine has no way there: give it an address and a route of that IP version, or set `ip`.',
  },
  PROBER_NOT_PERMITTED: {
    class: 'prober',
    httpStatus: 500,
    cure: 'Give the agent the permission that the message names.',
  },
  PROBER_UNSUPPORTED: {
    class: 'prober',
    httpStatus: 500,
    cure: 'This system cannot do it: run the check at an agent on Linux.',
  },
  PROBER_POOL_FULL: {
    class: 'prober',
    httpStatus: 500,
    cure: 'Raise `perHostMax` of the pool, or let fewer checks share it.',
  },
  PROBER_OUT_OF_DESCRIPTORS: {
    class: 'prober',
    httpStatus: 500,
    cure: 'Raise the open files limit of the agent (`ulimit -n`).',
  },
  PROBER_STALLED: {
    class: 'prober',
    httpStatus: 500,
    cure: 'The agent was too busy to measure: give it more CPU or fewer checks.',
  },
  PROBER_CALLED_OFF: {
    class: 'prober',
    httpStatus: 500,
    cure: 'The run was called off before its end, as when the agent stops: run it again.',
  },
  PROBER_FAILED: {
    class: 'prober',
    httpStatus: 500,
    cure: 'A fault of Holdfast itself: report it with this result.',
  },
} as const satisfies Record<string, FaultEntry>;
