// What server and agent say to each other over the process channel (JSON, one message each way at
// a time per line). The agent is told whole assignments, never differences: it works out what
// changed, so a lost message cannot leave the two apart.

import type { CompiledCheck, EgressPolicy } from '@holdfast/resources/compiled-check';
import type { ProbeResult } from '@holdfast/resources/result';

export interface Assignment {
  /** Grows with each change; echoed once it is in force. */
  revision: number;
  checks: CompiledCheck[];
  egress: EgressPolicy;
  /** Modules of plugins, as file URLs; loaded before the checks are taken. */
  plugins?: string[];
}

export type ToAgent =
  | { type: 'assign'; assignment: Assignment }
  /** Run this check once now, outside its plan; its result comes with the batch. */
  | { type: 'run'; namespace: string; check: string }
  /** Run this check, which need not be assigned, once now; its result comes as `tried`, not with a batch. */
  | { type: 'try'; id: number; check: CompiledCheck }
  /** Everything up to this batch is stored: the agent may forget it. */
  | { type: 'stored'; batch: number }
  | { type: 'stop' };

/** Counts are since the agent process began: after its restart they begin at 0 again. */
export interface AgentStatistics {
  residentBytes: number;
  checks: number;
  inFlight: number;
  runs: number;
  /** Planned runs that did not happen: the one before was still running, the agent stalled or was full. */
  missed: number;
  /** By `namespace/name`; only checks now assigned that missed a run. */
  missedByCheck: Record<string, number>;
  /** Results dropped because the server did not take them in time. */
  shed: number;
  /** The worst of the last second. */
  loopLagMs: number;
  /** Over the last one to two minutes. */
  scheduleLagMsP99: number;
}

export type FromAgent =
  | { type: 'ready'; id: string; location: string; pid: number }
  /** With a problem it is not in force, and the one before still is. */
  | { type: 'assigned'; revision: number; problem?: string }
  | { type: 'results'; batch: number; results: ProbeResult[] }
  | { type: 'tried'; id: number; result: ProbeResult }
  | { type: 'statistics'; statistics: AgentStatistics }
  | {
      type: 'log';
      level: 'info' | 'warn' | 'error';
      message: string;
      fields: Record<string, unknown>;
    };
