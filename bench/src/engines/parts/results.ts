// What stores of results take and how soon they answer: PostgreSQL and SQLite in turn, each in a process of
// its own, with the same seeded runs of full HTTPS checks; beside them bare rows of equal bytes.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '@holdfast/engines/testing';
import type { BenchOptions } from '../../bench.ts';
import { Child } from '../../child-process.ts';
import { type Figure, figureOf, type Row } from '../../report.ts';
import { type BareRows, bareCopy, bareInserts } from '../bare-rows.ts';
import { type ResultsFigures, resultsRows } from '../results-claims.ts';
import type { ResultsAnswer, ResultsQuestion } from '../results-process.ts';
import { OVERVIEW_DAY, type Question } from '../results-questions.ts';
import { serverCpuMs } from '../server-cpu.ts';
import { rawRowBytes } from '../sqlite-disk.ts';

type StoreProcess = Child<ResultsQuestion, ResultsAnswer>;

interface Sizes {
  checks: number;
  /** Of each check, in a round. */
  runs: number;
  rounds: number;
  dayChecks: number;
  overviewChecks: number;
}

const SIZES: Sizes = { checks: 2_000, runs: 25, rounds: 4, dayChecks: 20, overviewChecks: 1_000 };
const QUICK_SIZES: Sizes = { checks: 200, runs: 10, rounds: 2, dayChecks: 8, overviewChecks: 50 };
const INTERVAL_MS = 30_000;
const RUNS_OF_A_DAY = 2_880;
const OVERVIEW_INTERVAL_MS = 900_000;
const OVERVIEW_RUNS = 96;
const TIMES = 3;
/** Asked while the store holds nothing but the load, of which it is the newest. */
const OF_LOAD: readonly Question[] = ['latest', 'recent'];
const OF_DAY: readonly Question[] = ['raw day', 'minutes', 'codes', 'cells'];
const OF_OVERVIEW: readonly Question[] = ['overview by day', 'overview by hour'];

export async function benchResults(options: BenchOptions): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const server = await startPostgres();
  const path = join(folder, 'results.db');
  const stores = new Stores(server, path);
  const floors = { postgres: await bareCopy(server.url, folder), sqlite: bareInserts(folder) };
  try {
    const sizes = options.quick ? QUICK_SIZES : SIZES;
    const filled = await measure(stores, floors, sizes, options.progress);
    const figures = { ...filled, rawBytes: rawRowBytes(path), retainMs: await stores.retain() };
    return resultsRows(figures, sizes);
  } finally {
    floors.sqlite.close();
    await stores.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  stores: Stores,
  floors: { postgres: BareRows | string; sqlite: BareRows },
  sizes: Sizes,
  progress: (text: string) => void,
): Promise<Omit<ResultsFigures, 'rawBytes' | 'retainMs'>> {
  const { checks, runs, rounds, dayChecks, overviewChecks } = sizes;
  const [copied, inserted]: [number[], number[]] = [[], []];
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    progress(`results: appending, round ${round} of ${rounds}`);
    const fromRun = round * runs;
    await stores.fill({ fill: 'load', checks, runs, fromRun, intervalMs: INTERVAL_MS });
    const rows = [fromRun * checks, runs * checks, checks] as const;
    if (typeof floors.postgres !== 'string') copied.push(await floors.postgres.append(...rows));
    inserted.push(await floors.sqlite.append(...rows));
    if (round === 0) stores.forget();
  }
  const bytes = await stores.bytesPerRow();
  progress('results: questions');
  await stores.askAll(OF_LOAD);
  const appended = stores.appended();
  await stores.fill({
    fill: 'day',
    checks: dayChecks,
    runs: RUNS_OF_A_DAY,
    intervalMs: INTERVAL_MS,
  });
  await stores.askAll(OF_DAY);
  const overview = { checks: overviewChecks, runs: OVERVIEW_RUNS, day: OVERVIEW_DAY };
  await stores.fill({ fill: 'overview', ...overview, intervalMs: OVERVIEW_INTERVAL_MS });
  await stores.askAll(OF_OVERVIEW);
  return {
    ...appended,
    bytes,
    copied: copied.length === 0 ? undefined : figureOf(copied),
    inserted: figureOf(inserted),
    ...(typeof floors.postgres === 'string' ? { noCopy: floors.postgres } : {}),
    answers: stores.answers,
  };
}

/** Both stores, one after the other. */
class Stores {
  readonly answers = new Map<Question, { postgres: Figure; sqlite: Figure }>();
  readonly #server: PostgresServer;
  readonly #postgres: StoreProcess;
  readonly #sqlite: StoreProcess;
  readonly #rounds = {
    postgres: [] as { perS: number; cpuUs: number; serverCpuUs: number }[],
    sqlite: [] as { perS: number; cpuUs: number }[],
  };

  constructor(server: PostgresServer, path: string) {
    const file = import.meta.resolve('../results-process.ts');
    this.#server = server;
    this.#postgres = new Child(file, ['postgres', server.url]);
    this.#sqlite = new Child(file, ['sqlite', path]);
  }

  async fill(question: ResultsQuestion): Promise<void> {
    const beforeMs = serverCpuMs(this.#server.pid) ?? Number.NaN;
    const postgres = await this.#postgres.ask(question);
    const serverMs = (serverCpuMs(this.#server.pid) ?? Number.NaN) - beforeMs;
    const serverCpuUs = (serverMs / postgres.rows) * 1_000;
    this.#rounds.postgres.push({ ...perRow(postgres), serverCpuUs });
    this.#rounds.sqlite.push(perRow(await this.#sqlite.ask(question)));
  }

  /** What was measured of filling. */
  forget(): void {
    this.#rounds.postgres.length = 0;
    this.#rounds.sqlite.length = 0;
  }

  appended() {
    const { postgres, sqlite } = this.#rounds;
    return {
      postgresPerS: figureOf(postgres.map(({ perS }) => perS)),
      postgresCpuUs: figureOf(postgres.map(({ cpuUs }) => cpuUs)),
      serverCpuUs: figureOf(postgres.map(({ serverCpuUs }) => serverCpuUs)),
      sqlitePerS: figureOf(sqlite.map(({ perS }) => perS)),
      sqliteCpuUs: figureOf(sqlite.map(({ cpuUs }) => cpuUs)),
    };
  }

  async askAll(questions: readonly Question[]): Promise<void> {
    for (const ask of questions) {
      const postgres = await this.#postgres.ask({ ask, times: TIMES });
      const sqlite = await this.#sqlite.ask({ ask, times: TIMES });
      if (postgres.rows !== sqlite.rows)
        throw new Error(`${ask}: ${postgres.rows} answers here, ${sqlite.rows} there.`);
      this.answers.set(ask, { postgres: figureOf(postgres.ms), sqlite: figureOf(sqlite.ms) });
    }
  }

  async bytesPerRow(): Promise<{ postgres: number; sqlite: number }> {
    const postgres = await this.#postgres.ask({ usage: true });
    const sqlite = await this.#sqlite.ask({ usage: true });
    return { postgres: postgres.bytes / postgres.rows, sqlite: sqlite.bytes / sqlite.rows };
  }

  /** Of SQLite: PostgreSQL drops whole days. */
  async retain(): Promise<number> {
    const { ms } = await this.#sqlite.ask({ ask: 'retain', times: 1 });
    return ms[0] ?? 0;
  }

  async close(): Promise<void> {
    await Promise.all([this.#postgres.close(), this.#sqlite.close()]);
  }
}

function perRow({ ms, cpuMs, rows }: ResultsAnswer): { perS: number; cpuUs: number } {
  return { perS: (rows / (ms[0] ?? 0)) * 1_000, cpuUs: (cpuMs / rows) * 1_000 };
}
