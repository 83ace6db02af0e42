// The contract of result stores. Appending is idempotent by key, reading never blocks appending,
// a full queue sheds the oldest raw rows and counts them: newest knowledge is worth most.
// One conformance suite (results.conformance.ts) holds for every engine.

import type { CheckReference, ProbeResult, Status } from '@holdfast/resources/result';

export interface AppendReceipt {
  /** Rows that were new. */
  appended: number;
  /** Rows whose key was already there. */
  duplicates: number;
  /** Rows of this batch dropped from the queue because the engine could not keep up. */
  shed: number;
}

/** Half open: fromMs ≤ plannedAtMs < toMs. */
export interface TimeRange {
  fromMs: number;
  toMs: number;
}

export interface SeriesQuery extends TimeRange {
  check: CheckReference;
  statuses?: readonly Status[];
  /** Newest first when `descending`; default ascending. */
  descending?: boolean;
  /** 1 … 10,000; default 1,000. */
  limit?: number;
}

export interface LatestQuery {
  /** Absent: every check. */
  checks?: readonly CheckReference[];
  /** Newest results per check, newest first; 1 … 100, default 1. */
  perCheck?: number;
}

export interface RollupQuery extends TimeRange {
  /** Absent: every check, each bucket with its check. */
  check?: CheckReference;
  /** A whole number of minutes; buckets start at multiples of it since 1970. */
  stepMs: number;
}

/** Quantiles are within 1 % of the true value. */
export interface Latency {
  minMs: number;
  meanMs: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
}

export interface Rollup {
  check: CheckReference;
  startMs: number;
  stepMs: number;
  counts: Record<Status, number>;
  /** Of the runs that were up; absent when none was. */
  latency?: Latency;
}

export interface StatusLatencyQuery extends TimeRange {
  check: CheckReference;
}

/** Runs of one check whose answer bore this code, up or not; see `codeOf`. Quantiles are within 1 %. */
export interface CodeRuns {
  /** `200`, `UNAVAILABLE`, `NXDOMAIN`; `other` = beyond 16 codes in one minute or hour. */
  code: string;
  runs: number;
  p50Ms: number;
  p90Ms: number;
  p99Ms: number;
  maxMs: number;
}

export interface DistributionQuery extends TimeRange {
  check: CheckReference;
  /** As in RollupQuery. */
  stepMs: number;
  /** Upper bounds of the cells, ascending, 1 … 100 of them; beyond the last there is one more cell. */
  boundsMs: readonly number[];
}

export interface LatencyDistribution {
  startMs: number;
  /** Runs that were up, by cell: bounds.length + 1. A value within 1 % of a bound may lie beside it. */
  counts: number[];
  /** Down or timeout. */
  failed: number;
}

/** How long each grain is kept. */
export interface RetentionPolicy {
  rawMs: number;
  minuteMs: number;
  hourMs: number;
  /** How long an alert is kept after it recovered, and a delivery after it was made; default 400 days. */
  alertMs?: number;
  /** The most alerts, and the most deliveries, that are kept; default 100,000 of each. */
  alertsMax?: number;
  /**
   * Where it is given, raw rows go of these days only (by the start of each, in ms), and only while the
   * store has no more rows up to the end of the day than so many; else the day stays and STORE_FAILED is
   * thrown. An engine that one process writes may leave it to its caller that nothing comes meanwhile.
   */
  rawDays?: ReadonlyMap<number, number>;
}

export interface Usage {
  bytes: number;
  rawRows: number;
  oldestMs?: number;
  schemaVersion: number;
  /** Raw rows shed since the start. */
  shed: number;
}

export interface Results {
  /**
   * Resolves when the rows are committed. `context` and `detail` are kept as JSON keeps them. Throws
   * USAGE for a batch with a row that cannot be kept (its other rows may be), STORE_FAILED.
   */
  append(batch: readonly ProbeResult[]): Promise<AppendReceipt>;
  /** Check by check, as asked for, else by namespace and name. Results share parts and are frozen. */
  latest(query: LatestQuery): Promise<ProbeResult[]>;
  series(query: SeriesQuery): Promise<ProbeResult[]>;
  /**
   * The buckets that overlap the range, each whole, ordered by check, then time; buckets without a
   * run are absent. Throws USAGE when the answer would be too large to hold.
   */
  rollups(query: RollupQuery): Promise<Rollup[]>;
  /**
   * By code. Covers the minutes that overlap the range, each whole; the parts of hours at its ends
   * are told only while minutes are kept.
   */
  statusLatencies(query: StatusLatencyQuery): Promise<CodeRuns[]>;
  /** The buckets that overlap the range, each whole, by time; buckets without a run are absent. */
  distribution(query: DistributionQuery): Promise<LatencyDistribution[]>;
  /**
   * Deletes what is older than the policy allows, of a journal in the same store too (never an open
   * alert or a pending delivery); returns deleted raw rows. An engine may let what is kept for a day or
   * longer go by whole days (UTC), so up to a day late. When `signal` is aborted it ends between two steps
   * by rejecting with its reason; the next call goes on.
   */
  retain(policy: RetentionPolicy, nowMs: number, signal?: AbortSignal): Promise<number>;
  usage(): Promise<Usage>;
  /** Writes what is queued, then lets go of everything. */
  close(): Promise<void>;
}
