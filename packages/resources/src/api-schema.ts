// The answers of api.ts once more as schemas, for the OpenAPI document and for tests that compare
// real answers with it. The compiler holds the two equal in both directions: neither may drift.

import { z } from 'zod';
import type {
  AgentSummary,
  AlertList,
  ApiError,
  CheckDetail,
  CheckSummary,
  LatencySeries,
  Overview,
  ResultList,
} from './api.ts';

const timeMs = z.number().describe('Milliseconds since 1970-01-01 UTC');
const durationMs = z.number().describe('Milliseconds');
const count = z.number().int().nonnegative();

const status = z.enum(['up', 'down', 'timeout', 'invalid']);
const state = z.enum(['up', 'degraded', 'down', 'unknown']);
const phaseName = z.enum(['resolve', 'connect', 'tls', 'write', 'wait', 'transfer']);
const faultClass = z.enum([
  'name',
  'connect',
  'tls',
  'timeout',
  'protocol',
  'refusal',
  'server',
  'assertion',
  'prober',
]);

const fault = z.object({
  class: faultClass,
  code: z.string(),
  httpStatus: z.number().int(),
  phase: phaseName.exactOptional(),
  message: z.string(),
  cure: z.string().exactOptional(),
});

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

const certificate = z.object({
  fingerprint256: z.string(),
  subject: z.string(),
  issuer: z.string(),
  serialNumber: z.string(),
  names: z.array(z.string()),
  validFromMs: timeMs,
  validToMs: timeMs,
  publicKey: z.string(),
  certificateAuthority: z.boolean(),
});

const tlsFacts = z.object({
  version: z.string(),
  cipher: z.string(),
  alpn: z.string().exactOptional(),
  serverName: z.string().exactOptional(),
  verified: z.boolean(),
  verifyError: z.string().exactOptional(),
  chain: z.array(certificate),
});

const kernelFacts = z.object({
  handshakeMs: durationMs,
  rttVarianceMs: durationMs,
  retransmits: count,
  mssBytes: count,
});

const context = z.object({
  sourceIp: z.string().exactOptional(),
  peerIp: z.string().exactOptional(),
  peerPort: z.number().int().exactOptional(),
  ipVersion: z.union([z.literal(4), z.literal(6)]).exactOptional(),
  addresses: z.array(z.string()).exactOptional(),
  kernel: kernelFacts.exactOptional(),
  tls: tlsFacts.exactOptional(),
  urls: z.array(z.string()).exactOptional(),
  traceId: z.string().exactOptional(),
});

const probeResult = z.object({
  key: z.object({
    namespace: z.string(),
    check: z.string(),
    location: z.string(),
    plannedAtMs: timeMs,
    attempt: z.number().int(),
  }),
  kind: z.string(),
  target: z.string(),
  agent: z.string(),
  startedAtMs: timeMs,
  scheduleLagMs: durationMs,
  loopLagMs: durationMs,
  status,
  fault: fault.exactOptional(),
  totalMs: durationMs,
  phases: z.array(
    z.object({ name: phaseName, hop: count, startMs: durationMs, durationMs: durationMs }),
  ),
  context,
  detail: z.record(z.string(), z.unknown()),
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
  ResultList: z.object({ results: z.array(probeResult) }),
  LatencySeries: latencySeries,
  AlertList: z.object({
    alerts: z.array(alertRecord.extend({ deliveries: z.array(alertDelivery) })),
  }),
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
  Equal<z.infer<typeof apiError>, ApiError>,
];
void ([true, true, true, true, true, true, true, true] satisfies Same);
