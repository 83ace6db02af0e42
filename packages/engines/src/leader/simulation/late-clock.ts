// A simulated clock whose timers may be late, as they are in a process that stood still and goes on:
// time has passed, and nothing that was due in it has been called.

import { SimulatedClock } from '@holdfast/kernel/fake';

export class LateClock extends SimulatedClock {
  /** So much has passed that no timer knows of. */
  lateMs = 0;
  /** Somebody set the machine's clock ahead. */
  wallAheadMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.lateMs;
  }

  override wallMs(): number {
    return super.wallMs() + this.lateMs + this.wallAheadMs;
  }
}
