// The door `@holdfast/probing/probe`: run one probe, get one result.

export type { Lookup } from './dial/resolve.ts';
export {
  createProbeRunner,
  type ProbeRunner,
  type ProbeRunnerOptions,
  type RunPlan,
} from './probe-runner.ts';
