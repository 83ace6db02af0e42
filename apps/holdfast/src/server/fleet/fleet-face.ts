// What the HTTP face needs of a fleet, and nothing more.

import type { CoordinationService } from '@holdfast/engines/remote-server';
import type {
  AgentReport,
  KnownWork,
  ResultBatch,
  RunOutcome,
  WorkAnswer,
} from '@holdfast/fleet/uplink';
import type { RunOrder } from '@holdfast/resources/fleet';

export interface FleetFace {
  /** Answers when it differs from what is known, or after some patience with the same. Undefined: a sign of life. */
  work(
    agent: string,
    known: KnownWork | undefined,
    gone: AbortSignal,
  ): AsyncIterable<WorkAnswer | undefined>;
  /** How many, once they are stored. Undefined: a sign of life. */
  deliver(batch: ResultBatch): AsyncIterable<{ stored: number } | undefined>;
  /** Undefined: a sign of life. */
  orders(agent: string, location: string, signal: AbortSignal): AsyncIterable<RunOrder | undefined>;
  finish(agent: string, outcome: RunOutcome): void;
  report(agent: string, report: AgentReport): void;
  /** For those who join through this server. */
  coordination: CoordinationService;
}
