// What can be asked of a store's worker: name, input, output. Requests carry an id and are
// answered in order; an error crosses as a record of code, what and cure.

import type { AlertDelivery, AlertRecord } from '@holdfast/resources/alert-record';
import type { CheckReference } from '@holdfast/resources/result';
import type { CodeRuns, LatencyDistribution, Usage } from '../results/results.ts';
import type { RowBatch } from '../rows/batch-encoder.ts';
import type { RowPage } from '../rows/row-columns.ts';
import type { CodeRequest } from './code-reader.ts';
import type { MoveProgress } from './move-results.ts';
import type { RetentionBounds, RetentionCursor, RetentionSlice } from './retention.ts';
import type { RollupRequest } from './rollup-buckets.ts';
import type { RollupPage } from './rollup-reader.ts';
import type { ErrorRecord } from './store-error.ts';
import type { LatestRequest, SeriesRequest } from './store-reader.ts';

/** `both`: one connection for all, as a store in memory needs. */
export type Role = 'writer' | 'reader' | 'both';

export interface StoreCalls {
  open(request: { path: string; role: Role }): { nextTemplateId: number };
  append(batch: RowBatch): number[];
  retain(request: { bounds: RetentionBounds; cursor: RetentionCursor }): RetentionSlice;
  saveAlert(record: AlertRecord): void;
  saveDelivery(delivery: AlertDelivery): void;
  checks(): CheckReference[];
  series(request: SeriesRequest): RowPage;
  latest(request: LatestRequest): RowPage;
  rollups(request: Omit<RollupRequest, 'checkId'> & { check?: CheckReference }): RollupPage;
  codes(request: Omit<CodeRequest, 'checkId'> & { check: CheckReference }): CodeRuns[];
  distribution(
    request: Omit<RollupRequest, 'checkId'> & {
      check: CheckReference;
      boundsMs: readonly number[];
    },
  ): LatencyDistribution[];
  usage(): Omit<Usage, 'shed'>;
  openAlerts(): AlertRecord[];
  recentAlerts(limit: number): AlertRecord[];
  pendingDeliveries(): AlertDelivery[];
  deliveries(alertId: string): AlertDelivery[];
  close(): void;
}

export type CallName = keyof StoreCalls;
export type Input<K extends CallName> = Parameters<StoreCalls[K]>[0];
export type Output<K extends CallName> = ReturnType<StoreCalls[K]>;

export interface Request {
  id: number;
  call: CallName;
  input: unknown;
}

export type Reply =
  | { id: number; output: unknown }
  | { id: number; error: ErrorRecord }
  /** Of a store that is brought to a new version while it opens. */
  | { moved: MoveProgress };
