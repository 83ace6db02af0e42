// Runs that somebody asks the fixtures for: queued at once, measured one place after the other.

import type { RunHistory, RunState, ToldResult } from '@holdfast/resources/api';
import type { FixtureCheck } from './fixture-world.ts';

const FIRST_MS = 600;
const NEXT_MS = 700;
const LOOK_MS = 50;
const RUNS_MAX = 100;

export type MeasuresOnce = (check: FixtureCheck, place: string) => ToldResult;

export class AskedRuns {
  readonly #runs: RunState[] = [];
  readonly #measure: MeasuresOnce;
  #last = 0;

  constructor(measure: MeasuresOnce) {
    this.#measure = measure;
  }

  ask(check: FixtureCheck): RunState {
    this.#last += 1;
    const run: RunState = {
      run: `run-${this.#last}`,
      namespace: check.namespace,
      check: check.name,
      requestedAtMs: Date.now(),
      by: 'operator',
      state: 'queued',
      locations: check.places,
      results: [],
    };
    this.add(run);
    for (const [index, place] of check.places.entries())
      setTimeout(() => this.#finish(run, check, place), FIRST_MS + index * NEXT_MS);
    return run;
  }

  add(run: RunState): void {
    this.#runs.unshift(run);
    this.#runs.splice(RUNS_MAX);
  }

  /** Answers when the run is over or the wait is. */
  async state(name: string, waitMs: number): Promise<RunState | undefined> {
    const untilMs = Date.now() + waitMs;
    const run = this.#runs.find((one) => one.run === name);
    while (run?.state === 'queued' && Date.now() < untilMs)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    return run;
  }

  history(): RunHistory {
    return { runs: this.#runs };
  }

  #finish(run: RunState, check: FixtureCheck, place: string): void {
    run.results.push(this.#measure(check, place));
    if (run.results.length === run.locations.length) run.state = 'finished';
  }
}
