// Whoever runs the checks for this server: an agent of its own, or a fleet. The server hands over
// whole configurations and asks for single measurements; how they travel is theirs.

import type { AgentSummary } from '@holdfast/resources/api';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { Configuration } from '@holdfast/resources/load';
import type { CheckReference, ProbeResult } from '@holdfast/resources/result';

export interface Agents {
  /** Replaces what is run. */
  enforce(configuration: Configuration): void;
  /** What was enforced last is what is run. */
  readonly inForce: boolean;
  summaries(): AgentSummary[];
  /** False when nobody can take it now. */
  runNow(check: CheckReference): boolean;
  /** Measures a check that need not be enforced; rejects with a HoldfastError BUSY or AGENT_FAILED. */
  try(check: CompiledCheck): Promise<ProbeResult>;
  /** Every result that was measured is handed in before it resolves. */
  close(): Promise<void>;
}
