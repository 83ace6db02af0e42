// Time as a thing that is handed in. Every room takes a Clock, so that a test or a simulation can
// own time. Nothing outside the kernel may read the machine's clock or set a timer by itself.

/** A pending call. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds with a fraction. Only differences mean anything. */
  nowMs(): number;
  /** Milliseconds since 1970-01-01 UTC. May jump when the machine's clock is set; never measure with it. */
  wallMs(): number;
  /** Calls back once, `delayMs` from now (0 = next turn of the loop). The timer keeps the process alive. */
  after(delayMs: number, callback: () => void): Timer;
}

/** Waits `delayMs`; rejects with the signal's reason as soon as it is aborted. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
