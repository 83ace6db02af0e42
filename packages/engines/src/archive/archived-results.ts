// A result store with a cold tier: what leaves the store goes to the archive first, day by day, and
// questions for what is no longer hot are answered from there. A day that cannot be archived stays.

import type { Logger } from '@holdfast/kernel';
import type { CheckReference, ProbeResult } from '@holdfast/resources/result';
import { assertPerCheck, DAY_MS, seriesLimit } from '../results/questions.ts';
import type { LatestQuery, Results, RetentionPolicy, SeriesQuery } from '../results/results.ts';
import { STATUSES, TIME_MS_MAX } from '../rows/row-columns.ts';
import { archiveDay } from './archive-day.ts';
import { listArchive } from './manifest.ts';
import { readArchive } from './read-archive.ts';

/** Days that one call archives; the next goes on. */
const DAYS_MAX = 400;
/** How far beyond the hot days `latest` looks for a check that has too few runs there. */
const LATEST_DAYS_MAX = 7;
/** Of `latest`: each is a question of its own to the archive. */
const COLD_CHECKS_MAX = 100;

export interface ArchiveOptions {
  /** Of all servers that share the store, or of the one that forgets. */
  folder: string;
  /** Raw rows that are older leave the store, by whole days. */
  afterMs: number;
}

export class ArchivedResults implements Results {
  readonly #hot: Results;
  readonly #options: ArchiveOptions;
  readonly #logger: Logger;
  readonly #closed = new AbortController();
  readonly append: Results['append'];
  readonly rollups: Results['rollups'];
  readonly statusLatencies: Results['statusLatencies'];
  readonly distribution: Results['distribution'];
  readonly usage: Results['usage'];

  constructor(hot: Results, options: ArchiveOptions, logger: Logger) {
    this.#hot = hot;
    this.#options = options;
    this.#logger = logger;
    this.append = (batch) => hot.append(batch);
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

  async latest(query: LatestQuery): Promise<ProbeResult[]> {
    const { checks, perCheck = 1 } = query;
    assertPerCheck(perCheck);
    const hot = await this.#hot.latest(query);
    const byCheck = Map.groupBy(hot, ({ key }) => nameOf(key));
    const asked = checks ?? [...byCheck.values()].flatMap(([first]) => first?.key ?? []);
    const isShort = (check: CheckReference) => (byCheck.get(nameOf(check))?.length ?? 0) < perCheck;
    const short = asked.filter(isShort).slice(0, COLD_CHECKS_MAX);
    const days = short.length === 0 ? [] : await listArchive(this.#options.folder);
    const lastMs = days.at(-1)?.toMs;
    if (lastMs === undefined) return hot;
    for (const check of short) {
      const known = byCheck.get(nameOf(check)) ?? [];
      const range = { fromMs: lastMs - LATEST_DAYS_MAX * DAY_MS, toMs: TIME_MS_MAX + 1 };
      const cold = await this.#cold({ check, ...range, descending: true }, perCheck, () => true);
      byCheck.set(nameOf(check), merged([...known, ...cold], true).slice(0, perCheck));
    }
    return asked.flatMap((check) => byCheck.get(nameOf(check)) ?? []);
  }

  /** Raw rows go by whole days, and only those that the archive has. Throws when a day cannot be archived. */
  async retain(policy: RetentionPolicy, nowMs: number): Promise<number> {
    const keptMs = Math.min(policy.rawMs, this.#options.afterMs);
    const beforeMs = Math.floor((nowMs - keptMs) / DAY_MS) * DAY_MS;
    let deleted = 0;
    for (let days = 0; days < DAYS_MAX; days += 1) {
      const { oldestMs } = await this.#hot.usage();
      const dayMs = Math.floor((oldestMs ?? nowMs) / DAY_MS) * DAY_MS;
      if (oldestMs === undefined || dayMs >= beforeMs) break;
      const { signal } = this.#closed;
      const manifest = await archiveDay(this.#hot, this.#options.folder, dayMs, signal);
      if (manifest !== undefined)
        this.#logger.info('archived a day of results', { day: manifest.day, rows: manifest.rows });
      deleted += await this.#hot.retain({ ...policy, rawMs: nowMs - dayMs - DAY_MS }, nowMs);
    }
    // What is left is younger than the day that was dropped last.
    const { oldestMs = nowMs } = await this.#hot.usage();
    const rawMs = nowMs - Math.floor(Math.min(oldestMs, beforeMs) / DAY_MS) * DAY_MS;
    return deleted + (await this.#hot.retain({ ...policy, rawMs }, nowMs));
  }

  close(): Promise<void> {
    this.#closed.abort();
    return this.#hot.close();
  }

  /** Up to `limit` runs, the first in the order that is asked for. */
  async #cold(
    query: { check: CheckReference; fromMs: number; toMs: number; descending: boolean },
    limit: number,
    isWanted: (row: ProbeResult) => boolean,
  ): Promise<ProbeResult[]> {
    const found: ProbeResult[] = [];
    let dayMs = Number.NaN;
    for await (const row of readArchive(this.#options.folder, query, this.#closed.signal)) {
      const rowDayMs = Math.floor(row.key.plannedAtMs / DAY_MS);
      if (rowDayMs !== dayMs && found.length >= limit) break;
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

/** In order, each run once. */
function merged(rows: readonly ProbeResult[], descending: boolean): ProbeResult[] {
  const byKey = new Map(rows.map((row) => [JSON.stringify(row.key), row]));
  const sign = descending ? -1 : 1;
  return [...byKey.values()].sort((a, b) => sign * (a.key.plannedAtMs - b.key.plannedAtMs));
}

function nameOf({ namespace, check }: CheckReference): string {
  return `${namespace}\0${check}`;
}
