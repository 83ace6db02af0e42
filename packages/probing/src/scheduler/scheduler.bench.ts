// What planning costs per run, the probe itself being nothing: the shell with its core, wheel, signal
// and lag sketch, over simulated minutes of 10,000 checks. Goal: under 5 µs a run.
//   node --disable-warning=ExperimentalWarning packages/probing/src/scheduler/scheduler.bench.ts

import { type Clock, RunningStatistics, seededChance, silentLogger } from '@holdfast/kernel';
import { Scheduler } from './scheduler.ts';

const CHECKS = 10_000;
const SIMULATED_MS = 60_000;
const ROUNDS = 7;

/** Holds the one timer that a scheduler has; time jumps to it. */
class JumpingClock implements Clock {
  #nowMs = 0;
  #next: { dueMs: number; callback: () => void } | undefined;

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return 1_780_000_000_000 + this.#nowMs;
  }

  after(delayMs: number, callback: () => void) {
    this.#next = { dueMs: this.#nowMs + delayMs, callback };
    return { cancel: () => {} };
  }

  jump(): void {
    const next = this.#next;
    if (next === undefined) return;
    this.#nowMs = next.dueMs;
    next.callback();
  }
}

const perRunUs = new RunningStatistics();
for (let round = 0; round < ROUNDS; round += 1) perRunUs.add(await measure(round));
const { min, mean, standardDeviation } = perRunUs;
process.stdout.write(
  `scheduler: min ${show(min)} µs, mean ${show(mean)} ± ${show(standardDeviation)} µs a run\n`,
);

async function measure(seed: number): Promise<number> {
  const clock = new JumpingClock();
  const chance = seededChance(seed);
  const scheduler = new Scheduler<null, null>({
    clock,
    logger: silentLogger,
    run: async () => null,
    sink: () => {},
  });
  for (let index = 0; index < CHECKS; index += 1) {
    const intervalMs = 1_000 + chance.integer(29_000);
    scheduler.set(`shop/check-${index}`, { intervalMs, paused: false }, null);
  }
  const beforeMs = performance.now();
  while (clock.nowMs() < SIMULATED_MS) {
    clock.jump();
    await null;
    await null;
  }
  const tookMs = performance.now() - beforeMs;
  return (tookMs * 1_000) / scheduler.statistics().runs;
}

function show(microseconds: number | undefined): string {
  return (microseconds ?? Number.NaN).toFixed(2);
}
