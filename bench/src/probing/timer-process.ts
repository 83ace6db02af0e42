// The control of the lateness bench: a process with as many timers as the agent has runs, due in the
// same steps, that do nothing. How late they are is the machine's share of what the agent shows.

import { systemClock } from '@holdfast/kernel';
import { answerParent } from '../child-process.ts';

export interface TimerQuestion {
  timersPerS: number;
  seconds: number;
}

export interface TimerAnswer {
  lagsMs: number[];
}

const S_MS = 1_000;

answerParent<TimerQuestion, TimerAnswer>(async ({ timersPerS, seconds }) => {
  const lagsMs: number[] = [];
  const startMs = systemClock.nowMs();
  const endMs = startMs + seconds * S_MS;
  await Promise.all(
    Array.from({ length: timersPerS }, (_, at) =>
      everySecond(startMs + (at * S_MS) / timersPerS, endMs, lagsMs),
    ),
  );
  return { lagsMs };
});

/** One timer after the other, each set for its instant, as a schedule does. */
function everySecond(firstMs: number, endMs: number, lagsMs: number[]): Promise<void> {
  return new Promise((resolve) => {
    const next = (dueMs: number) => {
      if (dueMs >= endMs) return resolve();
      systemClock.after(Math.max(0, Math.ceil(dueMs - systemClock.nowMs())), () => {
        lagsMs.push(Math.max(0, systemClock.nowMs() - dueMs));
        next(dueMs + S_MS);
      });
    };
    next(firstMs);
  });
}
