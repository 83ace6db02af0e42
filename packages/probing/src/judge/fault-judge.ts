// What a fault, or its absence, means for the status: the one place that says so.

import type { Fault } from '@holdfast/kernel';
import type { Judgement } from '../prober.ts';

export function judgeFault(fault: Fault | undefined): Judgement {
  if (fault === undefined) return { status: 'up' };
  if (fault.class === 'prober') return { status: 'invalid', fault };
  if (fault.class === 'timeout') return { status: 'timeout', fault };
  return { status: 'down', fault };
}
