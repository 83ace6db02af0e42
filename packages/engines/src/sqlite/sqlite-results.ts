// The Results contract on two workers: appends go through the queue to the writer, questions to the
// reader, whose answers become objects here. Long answers are fetched in pieces, so that neither
// thread is held for long.

import type { CheckReference, ProbeResult } from '@holdfast/resources/result';
import {
  ALERT_MS_DEFAULT,
  ALERTS_MAX_DEFAULT,
  assertBounds,
  assertPerCheck,
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
import { type RowPage, STATUSES } from '../rows/row-columns.ts';
import { RETENTION_START, type RetentionCursor, type RetentionSlice } from './retention.ts';
import { ROLLUP_FIELDS, type RollupPage } from './rollup-reader.ts';
import { decodeRows } from './row-decoder.ts';
import { SLOT_MS, slotOf } from './slot-marks.ts';
import type { WorkerLink } from './worker-link.ts';

/** Makes a piece of `latest` a matter of milliseconds in either thread. */
const ROWS_PER_PIECE = 2_000;

export class SqliteResults implements Results {
  readonly #writer: WorkerLink;
  readonly #reader: WorkerLink;
  readonly #queue: AppendQueue;
  readonly #close: () => Promise<void>;

  /** `close` is the whole store's. */
  constructor(
    writer: WorkerLink,
    reader: WorkerLink,
    queue: AppendQueue,
    close: () => Promise<void>,
  ) {
    this.#writer = writer;
    this.#reader = reader;
    this.#queue = queue;
    this.#close = close;
  }

  append(batch: readonly ProbeResult[]): Promise<AppendReceipt> {
    return this.#queue.append(batch);
  }

  async latest({ checks, perCheck = 1 }: LatestQuery): Promise<ProbeResult[]> {
    assertPerCheck(perCheck);
    const wanted = checks ?? (await this.#reader.call('checks', undefined));
    const step = Math.max(1, Math.floor(ROWS_PER_PIECE / perCheck));
    const ask = (at: number) =>
      this.#reader.call('latest', { checks: wanted.slice(at, at + step), perCheck });
    const pieces: ProbeResult[][] = [];
    let page = await ask(0);
    for (let at = step; at < wanted.length; at += step) {
      // The worker reads the next piece while this thread makes objects of the last.
      const [next, piece] = await Promise.all([ask(at), decode(page)]);
      pieces.push(piece);
      page = next;
    }
    return [...pieces, await decode(page)].flat();
  }

  async series(query: SeriesQuery): Promise<ProbeResult[]> {
    const { check, fromMs, toMs, statuses, descending = false } = query;
    const limit = seriesLimit(query);
    const wanted = new Set(statuses ?? STATUSES);
    const statusBits = STATUSES.reduce(
      (bits, status, i) => bits + (wanted.has(status) ? 1 << i : 0),
      0,
    );
    const request = { check, fromMs, toMs, statusBits, descending, limit };
    return decodeRows(await this.#reader.call('series', request));
  }

  async rollups({ check, fromMs, toMs, stepMs }: RollupQuery): Promise<Rollup[]> {
    const range = wholeSteps({ fromMs, toMs }, stepMs);
    const request = { ...(check === undefined ? {} : { check }), ...range, stepMs };
    return rollupsOf(await this.#reader.call('rollups', request), stepMs);
  }

  async statusLatencies({ check, fromMs, toMs }: StatusLatencyQuery): Promise<CodeRuns[]> {
    return this.#reader.call('codes', { check, ...wholeSteps({ fromMs, toMs }, MINUTE_MS) });
  }

  async distribution(query: DistributionQuery): Promise<LatencyDistribution[]> {
    const { check, fromMs, toMs, stepMs, boundsMs } = query;
    assertBounds(boundsMs);
    const range = wholeSteps({ fromMs, toMs }, stepMs);
    return this.#reader.call('distribution', { check, ...range, stepMs, boundsMs });
  }

  async retain(
    { rawMs, minuteMs, hourMs, ...rest }: RetentionPolicy,
    nowMs: number,
    signal?: AbortSignal,
  ) {
    this.#queue.renew();
    const bounds = {
      rawMs: slotOf(nowMs - rawMs) * SLOT_MS,
      minuteMs: Math.floor((nowMs - minuteMs) / MINUTE_MS) * MINUTE_MS,
      hourMs: Math.floor((nowMs - hourMs) / HOUR_MS) * HOUR_MS,
      alertMs: Math.floor(nowMs - (rest.alertMs ?? ALERT_MS_DEFAULT)),
      alertsMax: rest.alertsMax ?? ALERTS_MAX_DEFAULT,
    };
    let deleted = 0;
    let cursor: RetentionCursor | undefined = RETENTION_START;
    while (cursor !== undefined) {
      signal?.throwIfAborted();
      const slice: RetentionSlice = await this.#writer.call('retain', { bounds, cursor });
      deleted += slice.deleted;
      cursor = slice.next;
    }
    return deleted;
  }

  async usage(): Promise<Usage> {
    return { ...(await this.#reader.call('usage', undefined)), shed: this.#queue.shed };
  }

  close(): Promise<void> {
    return this.#close();
  }
}

/** A promise, so that a page that cannot be read rejects like everything else. */
async function decode(page: RowPage): Promise<ProbeResult[]> {
  return decodeRows(page);
}

function rollupsOf({ checks, numbers }: RollupPage, stepMs: number): Rollup[] {
  const rollups: Rollup[] = [];
  for (let at = 0; at < numbers.length; at += ROLLUP_FIELDS.length) {
    const check = checks[numbers[at] ?? 0];
    if (check !== undefined) rollups.push(rollupOf(check, numbers, at, stepMs));
  }
  return rollups;
}

/** By place and not by name: this runs for every bucket of every check. */
function rollupOf(
  check: CheckReference,
  numbers: Float64Array,
  at: number,
  stepMs: number,
): Rollup {
  const field = (place: number) => numbers[at + place] ?? 0;
  const counts = { up: field(2), down: field(3), timeout: field(4), invalid: field(5) };
  const rollup = { check, startMs: field(1), stepMs, counts };
  const [minMs, meanMs, p50Ms] = [field(6), field(7), field(8)];
  if (Number.isNaN(minMs)) return rollup;
  const latency = { minMs, meanMs, p50Ms, p95Ms: field(9), p99Ms: field(10), maxMs: field(11) };
  return { ...rollup, latency };
}
