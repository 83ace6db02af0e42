// A result of a probe as a schema, for every answer of the API that carries one. Private to
// api-schema.ts, which holds schema and type equal.

import { z } from 'zod';

export const timeMs = z.number().describe('Milliseconds since 1970-01-01 UTC');
export const durationMs = z.number().describe('Milliseconds');
export const count = z.number().int().nonnegative();

export const status = z.enum(['up', 'down', 'timeout', 'invalid']);
const phaseName = z.enum(['resolve', 'connect', 'tls', 'write', 'wait', 'transfer']);
export const faultClass = z.enum([
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

export const fault = z.object({
  class: faultClass,
  code: z.string(),
  httpStatus: z.number().int(),
  phase: phaseName.exactOptional(),
  message: z.string(),
  cure: z.string().exactOptional(),
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
  proxy: z.string().exactOptional(),
  reused: z.boolean().exactOptional(),
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

export const failureAnswer = z
  .object({ code: z.string(), http_status: z.number().int(), trace_id: z.string() })
  .describe('By the fault table in force; absent for a run that was up');

export const toldResult = probeResult.extend({ error: failureAnswer.exactOptional() });
