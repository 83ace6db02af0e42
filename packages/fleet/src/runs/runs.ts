// The door of ad-hoc runs: asked for, handed to agents, remembered.

export { type ConsumeRunsOptions, consumeRuns, runGroup } from './consume-runs.ts';
export { openRunBook, type RunBook, type RunBookOptions } from './run-book.ts';
export { type AskedRun, RUN_EXPIRES_MS, RUNS_STREAM, requestRun } from './run-request.ts';
