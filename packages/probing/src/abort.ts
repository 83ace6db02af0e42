// What an aborted signal means to a probe: the reason is a fault value (deadline or called off), to
// which the phase that was running is added here. Nothing in here throws.

import { type Fault, fault, type PhaseName } from '@holdfast/kernel';
import type { Outcome } from './prober.ts';

/** The fault for which the signal was aborted, with the phase that it cut. */
export function abortFault(signal: AbortSignal, phase?: PhaseName): Fault {
  const reason: unknown = signal.reason;
  if (!isFault(reason)) return fault('PROBER_FAILED', 'The run was called off.', phase);
  if (phase === undefined || reason.phase !== undefined) return reason;
  return { ...reason, phase, message: `${reason.message} The ${phase} phase was running.` };
}

/** Waits for a promise that cannot be cancelled, but no longer than the signal lets it. */
export function untilAborted<T>(
  promise: Promise<Outcome<T>>,
  signal: AbortSignal,
  phase?: PhaseName,
): Promise<Outcome<T>> {
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve({ ok: false, fault: abortFault(signal, phase) });
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'code' in value && 'httpStatus' in value;
}
