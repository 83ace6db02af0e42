// The process that holds one store of results: `results-process.ts ENGINE PLACE`. It fills the store, asks it
// what pages ask, and tells how long it took. Samples are seeded, and made outside of what is measured.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Results } from '@holdfast/engines/results';
import { sampleResult } from '@holdfast/engines/testing';
import { seededChance, silentLogger, systemClock } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import { answerParent } from '../child-process.ts';
import { askStore, DAY_MS, type Question, START_MS } from './results-questions.ts';

export interface Fill {
  /** What the names of its checks begin with. */
  fill: string;
  checks: number;
  /** Of each check; `fromRun`: how many of them are there already. */
  runs: number;
  fromRun?: number;
  intervalMs: number;
  /** Counted from the first day of the bench. */
  day?: number;
}

export type ResultsQuestion = Fill | { ask: Question; times: number } | { usage: true };

export interface ResultsAnswer {
  /** Of everything that was filled, or of each asking. */
  ms: number[];
  cpuMs: number;
  rows: number;
  bytes: number;
}

const CHUNK_ROWS = 20_000;
/** Given to one call of append. */
const APPEND_ROWS = 500;
const FAILING = 0.01;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const chance = seededChance(1);
const [engine = '', place = ''] = process.argv.slice(2);
const opened = openStore();

async function openStore(): Promise<{ results: Results; close(): Promise<void> }> {
  const parts = { clock: systemClock, logger: silentLogger, queueMax: CHUNK_ROWS };
  if (engine === 'postgres') {
    const { openPostgresStore } = await import('@holdfast/engines/postgres');
    return openPostgresStore({ url: place, ...parts });
  }
  const { openSqliteStore } = await import('@holdfast/engines/sqlite');
  return openSqliteStore({ path: place, ...parts });
}

async function fill(results: Results, question: Fill): Promise<ResultsAnswer> {
  const { checks, runs } = question;
  const rows = checks * runs;
  let [wallMs, cpuMs] = [0, 0];
  for (let row = 0; row < rows; row += CHUNK_ROWS) {
    const length = Math.min(CHUNK_ROWS, rows - row);
    const chunk = Array.from({ length }, (_, i) => runAt(row + i, question));
    // Moving the samples to the old generation is no part of appending.
    collectGarbage();
    const beganMs = performance.now();
    const cpu = process.cpuUsage();
    const appends: Promise<unknown>[] = [];
    for (let at = 0; at < chunk.length; at += APPEND_ROWS)
      appends.push(results.append(chunk.slice(at, at + APPEND_ROWS)));
    await Promise.all(appends);
    wallMs += performance.now() - beganMs;
    const { user, system } = process.cpuUsage(cpu);
    cpuMs += (user + system) / 1_000;
  }
  return { ms: [wallMs], cpuMs, rows, bytes: 0 };
}

function runAt(index: number, question: Fill): ProbeResult {
  const { fill: name, checks, fromRun = 0, intervalMs, day = 0 } = question;
  const [run, check] = [fromRun + Math.floor(index / checks), index % checks];
  const offsetMs = check * Math.floor(intervalMs / checks);
  const plannedAtMs = START_MS + day * DAY_MS + run * intervalMs + offsetMs;
  return sampleResult(chance, { check: `${name}-${check}`, plannedAtMs, failing: FAILING });
}

async function answer(question: ResultsQuestion): Promise<ResultsAnswer> {
  const { results } = await opened;
  if ('fill' in question) return fill(results, question);
  if ('usage' in question) {
    const { bytes, rawRows } = await results.usage();
    return { ms: [], cpuMs: 0, rows: rawRows, bytes };
  }
  const ms: number[] = [];
  let rows = 0;
  for (let time = 0; time < question.times; time += 1) {
    const beganMs = performance.now();
    rows = (await askStore(results, question.ask)).length;
    ms.push(performance.now() - beganMs);
  }
  return { ms, cpuMs: 0, rows, bytes: 0 };
}

answerParent<ResultsQuestion, ResultsAnswer>(answer, async () => (await opened).close());
