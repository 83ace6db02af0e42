// A prober that was blocked itself cannot accuse its target. A bad result that was measured on a
// stalled loop is made invalid; a good one stands, for the target did answer.

import { fault } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';

/** Below this a stall changes no verdict: timeouts are seconds. */
const STALL_MS_MIN = 100;
/** Of a long probe the stall must be a real part before it may be blamed. */
const STALL_SHARE_MIN = 0.2;

/** The result with the loop lag it was measured under; `loopLagMs` is the longest block while it ran. */
export function withLoopLag(result: ProbeResult, loopLagMs: number): ProbeResult {
  const measured = { ...result, loopLagMs };
  const barMs = Math.max(STALL_MS_MIN, STALL_SHARE_MIN * result.totalMs);
  const blameless = result.status === 'up' || result.status === 'invalid';
  if (blameless || loopLagMs <= barMs) return measured;
  const was = result.fault === undefined ? result.status : `${result.status}, ${result.fault.code}`;
  const facts = `The agent was blocked for ${Math.round(loopLagMs)} ms of ${Math.round(result.totalMs)} ms`;
  const stalled = fault('PROBER_STALLED', `${facts}; without that: ${was}.`, result.fault?.phase);
  return { ...measured, status: 'invalid', fault: stalled };
}
