// The Results contract on PostgreSQL: appends go through the queue to the writer, questions to connections
// of their own. Long answers are fetched in pieces, so that the caller's thread is not held for long.

import type { ProbeResult } from '@holdfast/resources/result';
import {
  ALERT_MS_DEFAULT,
  ALERTS_MAX_DEFAULT,
  assertBounds,
  assertPerCheck,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  seriesLimit,
  wholeSteps,
} from '../results/questions.ts';
import type {
  AppendReceipt,
  CodeRuns,
  DistributionQuery,
  LatencyDistribution,
  LatestQuery,
  Results,
  RetentionPolicy,
  Rollup,
  RollupQuery,
  SeriesQuery,
  StatusLatencyQuery,
  Usage,
} from '../results/results.ts';
import type { AppendQueue } from '../rows/append-queue.ts';
import { compareChecks } from '../rows/bucket-sums.ts';
import { STATUSES } from '../rows/row-columns.ts';
import { storeFailed } from '../rows/store-failed.ts';
import type { ResultReader } from './result-reader.ts';
import type { Retention } from './retention.ts';
import type { RollupReader } from './rollup-reader.ts';

/** Makes a piece of `latest` a matter of milliseconds here. */
const ROWS_PER_PIECE = 2_000;

export interface PostgresParts {
  queue: AppendQueue;
  reader: ResultReader;
  rollups: RollupReader;
  retention: Retention;
  usage(): Promise<Omit<Usage, 'shed'>>;
  /** Drops what is cached of names and tables. */
  forget(): void;
  /** The whole store's. */
  close(): Promise<void>;
}

export class PostgresResults implements Results {
  readonly #parts: PostgresParts;
  #closed = false;

  constructor(parts: PostgresParts) {
    this.#parts = parts;
  }

  append(batch: readonly ProbeResult[]): Promise<AppendReceipt> {
    return this.#parts.queue.append(batch);
  }

  async latest({ checks, perCheck = 1 }: LatestQuery): Promise<ProbeResult[]> {
    assertPerCheck(perCheck);
    const { reader } = this.#opened();
    const wanted = checks ?? (await reader.checks()).sort(compareChecks);
    const step = Math.max(1, Math.floor(ROWS_PER_PIECE / perCheck));
    const pieces: ProbeResult[][] = [];
    for (let at = 0; at < wanted.length; at += step)
      pieces.push(await reader.latest(wanted.slice(at, at + step), perCheck));
    return pieces.flat();
  }

  async series(query: SeriesQuery): Promise<ProbeResult[]> {
    const { check, fromMs, toMs, statuses = STATUSES, descending = false } = query;
    const limit = seriesLimit(query);
    const wanted = [...new Set(statuses)].map((status) => STATUSES.indexOf(status));
    const range = { check, fromMs, toMs };
    return this.#opened().reader.series({ ...range, statuses: wanted, descending, limit });
  }

  async rollups({ check, fromMs, toMs, stepMs }: RollupQuery): Promise<Rollup[]> {
    const request = { ...wholeSteps({ fromMs, toMs }, stepMs), stepMs };
    const { reader, rollups } = this.#opened();
    if (check === undefined) return rollups.rollups(request);
    const checkId = await reader.checkId(check);
    return checkId === undefined ? [] : rollups.rollups({ ...request, checkId });
  }

  async statusLatencies({ check, fromMs, toMs }: StatusLatencyQuery): Promise<CodeRuns[]> {
    const range = wholeSteps({ fromMs, toMs }, MINUTE_MS);
    const { reader, rollups } = this.#opened();
    const checkId = await reader.checkId(check);
    return checkId === undefined ? [] : rollups.codes(checkId, range);
  }

  async distribution(query: DistributionQuery): Promise<LatencyDistribution[]> {
    const { check, fromMs, toMs, stepMs, boundsMs } = query;
    assertBounds(boundsMs);
    const range = wholeSteps({ fromMs, toMs }, stepMs);
    const { reader, rollups } = this.#opened();
    const checkId = await reader.checkId(check);
    return checkId === undefined
      ? []
      : rollups.distribution({ ...range, stepMs, checkId }, boundsMs);
  }

  async retain(
    { rawMs, minuteMs, hourMs, ...rest }: RetentionPolicy,
    nowMs: number,
    signal?: AbortSignal,
  ) {
    const { queue, retention, forget } = this.#opened();
    queue.renew();
    // What is kept for days goes by days, as whole tables.
    const before = (keptMs: number, grainMs: number) => {
      const wholeMs = keptMs >= DAY_MS ? DAY_MS : grainMs;
      return Math.floor((nowMs - keptMs) / wholeMs) * wholeMs;
    };
    const deleted = await retention.retain({
      rawMs: before(rawMs, MINUTE_MS),
      minuteMs: before(minuteMs, MINUTE_MS),
      hourMs: Math.floor((nowMs - hourMs) / HOUR_MS) * HOUR_MS,
      alertMs: Math.floor(nowMs - (rest.alertMs ?? ALERT_MS_DEFAULT)),
      alertsMax: rest.alertsMax ?? ALERTS_MAX_DEFAULT,
      ...(rest.rawDays === undefined ? {} : { rawDays: rest.rawDays }),
      ...(signal === undefined ? {} : { signal }),
    });
    forget();
    return deleted;
  }

  async usage(): Promise<Usage> {
    const { queue, usage } = this.#opened();
    return { ...(await usage()), shed: queue.shed };
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#parts.close();
  }

  #opened(): PostgresParts {
    if (this.#closed) throw storeFailed('The store was closed', 'Ask before closing.');
    return this.#parts;
  }
}
