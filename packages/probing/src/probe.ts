// The door `@holdfast/probing/probe`: run one probe, get one result.

export type { Lookup } from './dial/resolve.ts';
export {
  createProbeRunner,
  type ProbeRunner,
  type ProbeRunnerOptions,
  type RunPlan,
} from './probe-runner.ts';
export type { TlsAuditEntry } from './tls/tls-audit.ts';
export type { TlsPolicy } from './tls-kind/tls-policy.ts';
