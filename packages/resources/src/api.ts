// What the HTTP API answers (types only), shared by the server and the console. Times are ms since
// 1970, durations ms. Fields are only ever added.

import type { AlertDelivery, AlertRecord } from './alert-record.ts';
import type { Fault, ProbeResult, Status } from './result.ts';

export type * from './fleet-api.ts';

/** A check's state: `unknown` until the first valid run; `degraded` = up now but failed lately (within its last 5 runs). */
export type CheckState = 'up' | 'degraded' | 'down' | 'unknown';

/** One run, as small as a history bar needs it. Letters: u up, d down, t timeout, i invalid. */
export type RunLetter = 'u' | 'd' | 't' | 'i';

export interface CheckSummary {
  namespace: string;
  name: string;
  kind: string;
  target: string;
  labels: Record<string, string>;
  intervalMs: number;
  timeoutMs: number;
  paused: boolean;
  state: CheckState;
  /** When the present state began; absent while unknown. */
  sinceMs?: number;
  lastStatus?: Status;
  lastTotalMs?: number;
  lastPlannedAtMs?: number;
  lastFault?: Fault;
  /** Of the last run, when it was not up. */
  lastError?: FailureAnswer;
  /** The last 60 runs, oldest first. */
  recent: { plannedAtMs: number; totalMs: number; run: RunLetter }[];
  /** Over the last 24 h: share of valid runs that were up, 0…1. */
  availability24h?: number;
  p50Ms?: number;
  p95Ms?: number;
  certificateExpiresAtMs?: number;
  missedRuns: number;
  /** Where it is measured, when that is more than one place; `state` is their verdict by quorum. */
  locations?: LocationState[];
}

/** One check as seen from one place. */
export interface LocationState {
  location: string;
  state: CheckState;
  /** Too old to count: no result for two intervals and a timeout. */
  stale: boolean;
  sinceMs?: number;
  lastStatus?: Status;
  lastTotalMs?: number;
  lastPlannedAtMs?: number;
  lastFault?: Fault;
}

/** GET /api/v1/overview */
export interface Overview {
  nowMs: number;
  startedAtMs: number;
  version: string;
  demo: boolean;
  configFile?: string;
  /** Set while the file on disk has faults and the last good one is in force. */
  configProblem?: { text: string; sinceMs: number };
  counts: Record<CheckState, number>;
  checks: CheckSummary[];
  alerts: AlertRecord[];
  agents: AgentSummary[];
}

export interface AgentSummary {
  id: string;
  location: string;
  connected: boolean;
  startedAtMs: number;
  residentBytes: number;
  checks: number;
  inFlight: number;
  runs: number;
  missed: number;
  loopLagMs: number;
  scheduleLagMsP99: number;
}

/** GET /api/v1/checks/:namespace/:name */
export interface CheckDetail extends CheckSummary {
  /** The check as a resource, secrets as `<secret>`. */
  resource: unknown;
  /** Where it was written, e.g. `holdfast.yaml:12:5`. */
  source?: string;
}

/** GET /api/v1/checks/:namespace/:name/results?from&to&limit&status&order → newest first by default */
export interface ResultList {
  results: ToldResult[];
}

/** By the fault table in force (GET /api/v1/fault-table). */
export interface FailureAnswer {
  code: string;
  http_status: number;
  /** W3C trace id of the run, or of the answer when the run was not traced. */
  trace_id: string;
}

export interface ToldResult extends ProbeResult {
  /** Absent for a run that was up. */
  error?: FailureAnswer;
}

/** GET /api/v1/checks/:namespace/:name/latency?from&to&points → buckets over the range, gaps are absent */
export interface LatencyBucket {
  startMs: number;
  stepMs: number;
  up: number;
  down: number;
  timeout: number;
  invalid: number;
  minMs?: number;
  p50Ms?: number;
  p95Ms?: number;
  p99Ms?: number;
  maxMs?: number;
}

export interface LatencySeries {
  fromMs: number;
  toMs: number;
  stepMs: number;
  buckets: LatencyBucket[];
}

/** Latency of all runs that got an answer with a code, good or bad. Quantiles are within 1 %. */
export interface CodeLatency {
  /** Of the protocol: an HTTP status, a gRPC code, a DNS rcode. */
  code: string;
  /** `2xx` … `5xx` for http; for the others `ok` and `failed`. */
  class: string;
  runs: number;
  p50Ms: number;
  p90Ms: number;
  p99Ms: number;
  maxMs: number;
}

export interface ClassLatency extends Omit<CodeLatency, 'code'> {
  /** By how much the p90 lies above that of `2xx` or `ok`; absent for that class itself, and without it. */
  offsetMs?: number;
}

/** GET /api/v1/checks/:namespace/:name/latency-by-status?from&to */
export interface StatusLatency {
  fromMs: number;
  toMs: number;
  /** By code, ascending. */
  codes: CodeLatency[];
  classes: ClassLatency[];
}

/** GET /api/v1/checks/:namespace/:name/heat-map?from&to&columns */
export interface HeatMap {
  fromMs: number;
  toMs: number;
  stepMs: number;
  /** Upper bounds of the cells, ascending; one more cell above the last one. */
  boundsMs: number[];
  /** Columns without a run are absent. `failed` counts runs that were down or timed out; they stand in no cell. */
  columns: { startMs: number; counts: number[]; failed: number }[];
}

/** One fault of a text. Lines and columns count from 1. */
export interface TextProblem {
  line: number;
  column: number;
  /** Such as `checks[0].target`. */
  path: string;
  message: string;
  hint: string;
  severity: 'error' | 'warning';
}

/** POST /api/v1/validate `{text, format: yaml | toml}`: what the text would come to; nothing is changed. */
export interface Validation {
  valid: boolean;
  problems: TextProblem[];
  checks: { namespace: string; name: string; kind: string; target: string; intervalMs: number }[];
}

/** POST /api/v1/try `{check}`, one check in its terse form: measured once by the agent, not kept. */
export interface Trial {
  result?: ToldResult;
  /** Why it was not run. */
  problems: TextProblem[];
}

/** GET /api/v1/alerts */
export interface AlertList {
  alerts: (AlertRecord & { deliveries: AlertDelivery[] })[];
}

/** Every error answer. */
export interface ApiError {
  code: string;
  http_status: number;
  trace_id: string;
  message: string;
  cure: string;
}

/**
 * GET /api/v1/events (server-sent). Event name = `type`; each has an id, and `Last-Event-ID`
 * resumes within the server's buffer, else the client gets `reset` and reads the overview again.
 */
export type LiveEvent =
  | {
      type: 'result';
      namespace: string;
      check: string;
      plannedAtMs: number;
      status: Status;
      totalMs: number;
      fault?: Fault;
      /** Absent for a run that was up. */
      error?: FailureAnswer;
      /** After this result. */
      state: CheckState;
      sinceMs?: number;
      /** How the place of this run stands after it, of a check that is measured at more than one. */
      place?: LocationState;
    }
  | { type: 'checks' }
  | { type: 'config'; problem?: string }
  | { type: 'alert'; alert: AlertRecord }
  | { type: 'agents'; agents: AgentSummary[] }
  | { type: 'reset' };
