// Waits until a condition holds, asking again and again. For tests on real sockets, where what is
// awaited happens in another program or on the other side of a connection.

import { sleep, systemClock } from '@holdfast/kernel';

/** Far longer than anything on loopback takes; a test that gets here has failed. */
const WAIT_MS_MAX = 10_000;
const PAUSE_MS = 2;

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = systemClock.nowMs() + WAIT_MS_MAX;
  while (!(await condition())) {
    if (systemClock.nowMs() > deadlineMs) throw new Error('What was waited for did not come');
    await sleep(systemClock, PAUSE_MS);
  }
}
