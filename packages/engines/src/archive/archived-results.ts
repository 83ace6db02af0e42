// A result store with a cold tier: what leaves the store goes to the archive first, day by day, and
// questions for what is no longer hot are answered from there. A day that cannot be archived stays.

import { stat } from 'node:fs/promises';
import { HoldfastError, type Logger } from '@holdfast/kernel';
import type { CheckReference, ProbeResult } from '@holdfast/resources/result';
import { DAY_MS, seriesLimit } from '../results/questions.ts';
import type { LatestQuery, Results, RetentionPolicy, SeriesQuery } from '../results/results.ts';
import { STATUSES } from '../rows/row-columns.ts';
import { archiveDay } from './archive-day.ts';
import { LeavingGate } from './leaving-gate.ts';
import { type ArchiveManifest, listArchive } from './manifest.ts';
import { readDays } from './read-archive.ts';

/** Days that one call archives; the next goes on. */
const DAYS_MAX = 400;
/** Of one question: some half a second each. */
const COLD_DAYS_MAX = 62;
/** How far back from the last archived day `latest` looks. */
const LATEST_DAYS_MAX = 7;
/** Of `latest`: each is a question of its own to the archive. */
const COLD_CHECKS_MAX = 20;

export interface ArchiveOptions {
  /** Of all servers that share the store, or of the one that forgets. */
  folder: string;
  /** Raw rows that are older leave the store, by whole days. Absent: as soon as they are to be forgotten. */
  afterMs?: number;
}

export class ArchivedResults implements Results {
  readonly #hot: Results;
  readonly #options: ArchiveOptions;
  readonly #logger: Logger;
  readonly #gate = new LeavingGate();
  readonly #closed = new AbortController();
  #known: { changedMs: number; manifests: readonly ArchiveManifest[] } = {
    changedMs: Number.NaN,
    manifests: [],
  };
  readonly append: Results['append'];
  readonly rollups: Results['rollups'];
  readonly statusLatencies: Results['statusLatencies'];
  readonly distribution: Results['distribution'];
  readonly usage: Results['usage'];

  constructor(hot: Results, options: ArchiveOptions, logger: Logger) {
    this.#hot = hot;
    this.#options = options;
    this.#logger = logger;
    this.append = (batch) => this.#gate.pass(batch, () => hot.append(batch));
    this.rollups = (query) => hot.rollups(query);
    this.statusLatencies = (query) => hot.statusLatencies(query);
    this.distribution = (query) => hot.distribution(query);
    this.usage = () => hot.usage();
  }

  async series(query: SeriesQuery): Promise<ProbeResult[]> {
    const limit = seriesLimit(query);
    const hot = await this.#hot.series(query);
    const { check, fromMs, descending = false, statuses = STATUSES } = query;
    const lastHot = hot.at(-1);
    // What is hot is newer: a full answer that goes back in time needs no more than its own days.
    const isFull = descending && hot.length === limit && lastHot !== undefined;
    const coldFromMs = isFull ? lastHot.key.plannedAtMs : fromMs;
    const range = { check, fromMs: coldFromMs, toMs: query.toMs, descending };
    const wanted = new Set(statuses);
    const cold = await this.#cold(range, limit, ({ status }) => wanted.has(status));
    return cold.length === 0 ? hot : merged([...hot, ...cold], descending).slice(0, limit);
  }

  /** Of checks that are named and have nothing hot, what they had last is told from the archive. */
  async latest(query: LatestQuery): Promise<ProbeResult[]> {
    const hot = await this.#hot.latest(query);
    const { checks = [], perCheck = 1 } = query;
    const byCheck = Map.groupBy(hot, ({ key }) => nameOf(key));
    const silent = checks.filter((check) => !byCheck.has(nameOf(check))).slice(0, COLD_CHECKS_MAX);
    const lastMs = silent.length === 0 ? undefined : (await this.#manifests()).at(-1)?.toMs;
    if (lastMs === undefined) return hot;
    const range = { fromMs: lastMs - LATEST_DAYS_MAX * DAY_MS, toMs: lastMs, descending: true };
    for (const check of silent)
      byCheck.set(nameOf(check), await this.#cold({ check, ...range }, perCheck, () => true));
    return checks.flatMap((check) => byCheck.get(nameOf(check)) ?? []);
  }

  /** Raw rows go by whole days, and only those that the archive has. Throws when a day cannot be archived. */
  async retain(policy: RetentionPolicy, nowMs: number, ending?: AbortSignal): Promise<number> {
    const { signal: closed } = this.#closed;
    const signal = ending === undefined ? closed : AbortSignal.any([closed, ending]);
    const { afterMs = policy.rawMs } = this.#options;
    const keptMs = Math.min(policy.rawMs, afterMs);
    const beforeMs = Math.floor((nowMs - keptMs) / DAY_MS) * DAY_MS;
    let deleted = 0;
    for (let days = 0; days < DAYS_MAX; days += 1) {
      const { oldestMs } = await this.#hot.usage();
      const dayMs = Math.floor((oldestMs ?? nowMs) / DAY_MS) * DAY_MS;
      if (oldestMs === undefined || dayMs >= beforeMs) break;
      deleted += await this.#gate.whileLeaving(dayMs + DAY_MS, () =>
        this.#letGo(dayMs, policy, nowMs, signal),
      );
    }
    // What is left is younger than the day that was dropped last.
    const { oldestMs = nowMs } = await this.#hot.usage();
    const rawMs = nowMs - Math.floor(Math.min(oldestMs, beforeMs) / DAY_MS) * DAY_MS;
    const none = new Map<number, number>();
    return deleted + (await this.#hot.retain({ ...policy, rawMs, rawDays: none }, nowMs, signal));
  }

  async #letGo(
    dayMs: number,
    policy: RetentionPolicy,
    nowMs: number,
    signal: AbortSignal,
  ): Promise<number> {
    const { manifest, rows } = await archiveDay(this.#hot, this.#options.folder, dayMs, signal);
    if (manifest !== undefined)
      this.#logger.info('archived a day of results', { day: manifest.day, rows: manifest.rows });
    const rawMs = nowMs - dayMs - DAY_MS;
    return this.#hot.retain({ ...policy, rawMs, rawDays: new Map([[dayMs, rows]]) }, nowMs, signal);
  }

  close(): Promise<void> {
    this.#closed.abort();
    return this.#hot.close();
  }

  /** Read again when a file of the folder came or went. */
  async #manifests(): Promise<readonly ArchiveManifest[]> {
    const { folder } = this.#options;
    const found = await stat(folder).catch(() => undefined);
    const changedMs = found?.mtimeMs ?? Number.NaN;
    if (changedMs === this.#known.changedMs) return this.#known.manifests;
    this.#known = { changedMs, manifests: await listArchive(folder) };
    return this.#known.manifests;
  }

  /** Up to `limit` runs, the first in the order that is asked for. */
  async #cold(
    query: { check: CheckReference; fromMs: number; toMs: number; descending: boolean },
    limit: number,
    isWanted: (row: ProbeResult) => boolean,
  ): Promise<ProbeResult[]> {
    const found: ProbeResult[] = [];
    let [days, dayMs] = [0, Number.NaN];
    const { folder } = this.#options;
    const { signal } = this.#closed;
    for await (const row of readDays(folder, await this.#manifests(), query, signal)) {
      const rowDayMs = Math.floor(row.key.plannedAtMs / DAY_MS);
      if (rowDayMs !== dayMs) {
        if (found.length >= limit) break;
        days += 1;
        if (days > COLD_DAYS_MAX) throw tooFar();
      }
      dayMs = rowDayMs;
      if (!isWanted(row)) continue;
      found.push(row);
      // A day comes in ascending order: of a long one only the end that is asked for is held.
      if (found.length >= 2 * limit + 1)
        found.splice(0, found.length, ...merged(found, query.descending).slice(0, limit));
    }
    return merged(found, query.descending).slice(0, limit);
  }
}

function tooFar(): HoldfastError {
  return new HoldfastError(
    'USAGE',
    `The answer lies in more than ${COLD_DAYS_MAX} archived days`,
    'Ask for a shorter range, or read the files of the archive.',
  );
}

/** In order, each run once. */
function merged(rows: readonly ProbeResult[], descending: boolean): ProbeResult[] {
  const byKey = new Map(rows.map((row) => [JSON.stringify(row.key), row]));
  const sign = descending ? -1 : 1;
  return [...byKey.values()].sort((a, b) => sign * (a.key.plannedAtMs - b.key.plannedAtMs));
}

function nameOf({ namespace, check }: CheckReference): string {
  return `${namespace}\0${check}`;
}
