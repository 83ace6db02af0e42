// The trials that a server waits for: a check measured once by the agent, its result handed to who
// asked and to nobody else. So many at a time and no more; each ends in bounded time, also when the
// agent hangs or dies meanwhile.

import { type Clock, HoldfastError, type Timer } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { ProbeResult } from '@holdfast/resources/result';
import type { ToAgent } from './protocol.ts';

export const TRIALS_MAX = 4;
/** For the way to the agent and back, beyond the check's own timeout. */
const GRACE_MS = 5_000;

interface Waiting {
  resolve: (result: ProbeResult) => void;
  reject: (error: HoldfastError) => void;
  timer: Timer;
}

export class Trials {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `send` is false when there is no agent. Rejects with a HoldfastError BUSY or AGENT_FAILED. */
  ask(check: CompiledCheck, send: (message: ToAgent) => boolean): Promise<ProbeResult> {
    if (this.#waiting.size >= TRIALS_MAX) return Promise.reject(tooMany());
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(check.timeoutMs + GRACE_MS, () =>
        this.#take(id)?.reject(lost('did not answer in time')),
      );
      this.#waiting.set(id, { resolve, reject, timer });
      if (!send({ type: 'try', id, check })) this.#take(id)?.reject(lost('is not there'));
    });
  }

  /** A result that nobody waits for any more is dropped. */
  tried(id: number, result: ProbeResult): void {
    this.#take(id)?.resolve(result);
  }

  /** The agent that was asked is gone. */
  fail(): void {
    for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(lost('ended meanwhile'));
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.timer.cancel();
    return waiting;
  }
}

function tooMany(): HoldfastError {
  const what = `${TRIALS_MAX} checks are being tried already`;
  return new HoldfastError('BUSY', what, 'Try again when one of them has ended.');
}

function lost(what: string): HoldfastError {
  const cure = 'Look at the agents on the overview; try again in a moment.';
  return new HoldfastError('AGENT_FAILED', `the agent ${what}`, cure);
}
