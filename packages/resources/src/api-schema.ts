// The answers of api.ts once more as schemas, for the OpenAPI document and for tests that compare
// real answers with it. The compiler holds the two equal in both directions: neither may drift.

import { z } from 'zod';
import type {
  AgentSummary,
  AlertList,
  ApiError,
  CheckDetail,
  CheckSummary,
  HeatMap,
  LatencySeries,
  Overview,
  ResultList,
  StatusLatency,
  Trial,
  Validation,
} from './api.ts';
import type { FaultTable } from './fault-table.ts';
import { appliedOverview, fleetOverview, runHistory, runState } from './fleet-schema.ts';
import { applyAnswer, storedResources } from './resource-schema.ts';
import {
  count,
  durationMs,
  failureAnswer,
  fault,
  faultClass,
  status,
  timeMs,
  toldResult,
} from './result-schema.ts';

const state = z.enum(['up', 'degraded', 'down', 'unknown']);

const check = z.object({ namespace: z.string(), check: z.string() });

const alertRecord = z.object({
  id: z.string(),
  rule: z.string(),
  check,
  state: z.enum(['firing', 'recovered']),
  sinceMs: timeMs,
  firedAtMs: timeMs,
  recoveredAtMs: timeMs.exactOptional(),
  failures: count,
  fault: fault.exactOptional(),
  locations: z.array(z.string()).exactOptional(),
});

const alertDelivery = z.object({
  id: z.string(),
  alertId: z.string(),
  channel: z.string(),
  event: z.enum(['fired', 'recovered']),
  state: z.enum(['pending', 'delivered', 'failed']),
  attempts: count,
  createdAtMs: timeMs,
  lastAttemptAtMs: timeMs.exactOptional(),
  outcome: z.string().exactOptional(),
  payload: z.string(),
});

const locationState = z.object({
  location: z.string(),
  state,
  stale: z.boolean(),
  sinceMs: timeMs.exactOptional(),
  lastStatus: status.exactOptional(),
  lastTotalMs: durationMs.exactOptional(),
  lastPlannedAtMs: timeMs.exactOptional(),
  lastFault: fault.exactOptional(),
});

const checkSummary = z.object({
  namespace: z.string(),
  name: z.string(),
  kind: z.string(),
  target: z.string(),
  labels: z.record(z.string(), z.string()),
  intervalMs: durationMs,
  timeoutMs: durationMs,
  paused: z.boolean(),
  state,
  sinceMs: timeMs.exactOptional(),
  lastStatus: status.exactOptional(),
  lastTotalMs: durationMs.exactOptional(),
  lastPlannedAtMs: timeMs.exactOptional(),
  lastFault: fault.exactOptional(),
  lastError: failureAnswer.exactOptional(),
  recent: z.array(
    z.object({
      plannedAtMs: timeMs,
      totalMs: durationMs,
      run: z.enum(['u', 'd', 't', 'i']).describe('u up, d down, t timeout, i invalid'),
    }),
  ),
  availability24h: z.number().min(0).max(1).exactOptional(),
  p50Ms: durationMs.exactOptional(),
  p95Ms: durationMs.exactOptional(),
  certificateExpiresAtMs: timeMs.exactOptional(),
  missedRuns: count,
  locations: z.array(locationState).exactOptional(),
});

const checkDetail = checkSummary.extend({
  resource: z.unknown(),
  source: z.string().exactOptional(),
});

const agentSummary = z.object({
  id: z.string(),
  location: z.string(),
  connected: z.boolean(),
  startedAtMs: timeMs,
  residentBytes: count,
  checks: count,
  inFlight: count,
  runs: count,
  missed: count,
  loopLagMs: durationMs,
  scheduleLagMsP99: durationMs,
});

const overview = z.object({
  nowMs: timeMs,
  startedAtMs: timeMs,
  version: z.string(),
  demo: z.boolean(),
  configFile: z.string().exactOptional(),
  configProblem: z.object({ text: z.string(), sinceMs: timeMs }).exactOptional(),
  counts: z.record(state, count),
  checks: z.array(checkSummary),
  alerts: z.array(alertRecord),
  agents: z.array(agentSummary),
});

const latencyBucket = z.object({
  startMs: timeMs,
  stepMs: durationMs,
  up: count,
  down: count,
  timeout: count,
  invalid: count,
  minMs: durationMs.exactOptional(),
  p50Ms: durationMs.exactOptional(),
  p95Ms: durationMs.exactOptional(),
  p99Ms: durationMs.exactOptional(),
  maxMs: durationMs.exactOptional(),
});

const latencySeries = z.object({
  fromMs: timeMs,
  toMs: timeMs,
  stepMs: durationMs,
  buckets: z.array(latencyBucket),
});

const codeLatency = z.object({
  code: z.string(),
  class: z.string(),
  runs: count,
  p50Ms: durationMs,
  p90Ms: durationMs,
  p99Ms: durationMs,
  maxMs: durationMs,
});

const statusLatency = z.object({
  fromMs: timeMs,
  toMs: timeMs,
  codes: z.array(codeLatency),
  classes: z.array(
    codeLatency.omit({ code: true }).extend({ offsetMs: z.number().exactOptional() }),
  ),
});

const heatMap = z.object({
  fromMs: timeMs,
  toMs: timeMs,
  stepMs: durationMs,
  boundsMs: z.array(durationMs).describe('Upper bounds; one more cell lies above the last'),
  columns: z.array(z.object({ startMs: timeMs, counts: z.array(count), failed: count })),
});

const textProblem = z.object({
  line: z.number().int(),
  column: z.number().int(),
  path: z.string(),
  message: z.string(),
  hint: z.string(),
  severity: z.enum(['error', 'warning']),
});

const validation = z.object({
  valid: z.boolean(),
  problems: z.array(textProblem),
  checks: z.array(
    z.object({
      namespace: z.string(),
      name: z.string(),
      kind: z.string(),
      target: z.string(),
      intervalMs: durationMs,
    }),
  ),
});

const trial = z.object({
  result: toldResult.exactOptional(),
  problems: z.array(textProblem),
});

const faultTable = z.object({
  entries: z.array(
    z.object({
      faultClass: faultClass.exactOptional(),
      faultCode: z.string().exactOptional(),
      code: z.string(),
      httpStatus: z.number().int(),
    }),
  ),
});

const apiError = z.object({
  code: z.string().describe('A code of the error catalogue'),
  http_status: z.number().int(),
  trace_id: z.string(),
  message: z.string(),
  cure: z.string(),
});

/** Every schema of an answer, by the name that the OpenAPI document gives it. */
export const API_SCHEMAS = {
  Overview: overview,
  CheckDetail: checkDetail,
  ResultList: z.object({ results: z.array(toldResult) }),
  LatencySeries: latencySeries,
  StatusLatency: statusLatency,
  HeatMap: heatMap,
  Validation: validation,
  Trial: trial,
  FaultTable: faultTable,
  AlertList: z.object({
    alerts: z.array(alertRecord.extend({ deliveries: z.array(alertDelivery) })),
  }),
  FleetOverview: fleetOverview(agentSummary),
  AppliedOverview: appliedOverview,
  RunState: runState,
  RunHistory: runHistory,
  StoredResources: storedResources,
  ApplyAnswer: applyAnswer,
  ApiError: apiError,
} as const;

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;

/** Evaluates to `true` only where schema and type are the same; elsewhere this does not compile. */
type Same = [
  Equal<z.infer<typeof overview>, Overview>,
  Equal<z.infer<typeof checkSummary>, CheckSummary>,
  Equal<z.infer<typeof checkDetail>, CheckDetail>,
  Equal<z.infer<(typeof API_SCHEMAS)['ResultList']>, ResultList>,
  Equal<z.infer<typeof latencySeries>, LatencySeries>,
  Equal<z.infer<(typeof API_SCHEMAS)['AlertList']>, AlertList>,
  Equal<z.infer<typeof agentSummary>, AgentSummary>,
  Equal<z.infer<typeof statusLatency>, StatusLatency>,
  Equal<z.infer<typeof heatMap>, HeatMap>,
  Equal<z.infer<typeof validation>, Validation>,
  Equal<z.infer<typeof trial>, Trial>,
  Equal<z.infer<typeof faultTable>, FaultTable>,
  Equal<z.infer<typeof apiError>, ApiError>,
];
void ([
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
] satisfies Same);
