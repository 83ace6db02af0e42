// Waiting for conditions in socket tests, turn by turn of the loop, never for a guessed time.

import { setImmediate as nextTurn } from 'node:timers/promises';

const WAIT_MS_MAX = 5_000;

/** Throws when it does not come to hold. */
export async function until(holds: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + WAIT_MS_MAX;
  while (!holds()) {
    if (performance.now() > deadlineMs) {
      throw new Error(`waited in vain, with ${process.getActiveResourcesInfo().join(', ')}`);
    }
    await nextTurn();
  }
}

export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

/** Sockets that keep this process alive; those of test servers do not. */
export function countOfSockets(): number {
  const sockets = /TCPSocketWrap|TLSWrap|TCPConnectWrap/;
  return process.getActiveResourcesInfo().filter((name) => sockets.test(name)).length;
}
