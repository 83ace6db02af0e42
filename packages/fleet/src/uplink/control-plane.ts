// What an agent asks of the servers of its fleet (types only). The app speaks it over HTTP and goes to
// another server when one does not answer; nothing here knows of addresses. Every call is bounded by
// its signal and rejects with a HoldfastError: SERVER_UNREACHABLE when no server answered, UNAUTHORIZED
// or FORBIDDEN for a token that may not, USAGE for results that no store takes.

import type { AgentSummary } from '@holdfast/resources/api';
import type { AssignedWork, RunOrder } from '@holdfast/resources/fleet';
import type { ProbeResult } from '@holdfast/resources/result';

/** What the agent holds; told so that a server answers only news. */
export interface KnownWork {
  term: string;
  revision: number;
  /** Of the resources that it came from. */
  digest: string;
}

export interface WorkAnswer {
  /** Absent: what is known still holds. */
  work?: AssignedWork;
  /** The resources in force at the server that the work, known or new, comes from. */
  resources: {
    revision: string;
    digest: string;
    /** Wall time at which the newest of them was written; for the lag until it is in force here. */
    writtenAtMs?: number;
  };
}

/** In the order they were measured, at most 500 and about 1 MB. A batch may come twice. */
export interface ResultBatch {
  agent: string;
  location: string;
  results: ProbeResult[];
}

/** Every ten seconds. */
export interface AgentReport {
  summary: AgentSummary;
  /** Results that wait at the agent. */
  buffered: number;
  /** Results that were given up since the agent began: the spool was full, or no store takes them. */
  shed: number;
  /** Set while results wait in memory only, with why. */
  spoolProblem?: string;
}

/** How an order ended. `run` measured nothing when it says why. */
export interface RunOutcome {
  run: string;
  result?: ProbeResult;
  problem?: string;
}

export interface ControlPlane {
  /**
   * Answers at once when work or resources differ from what is known (also when nothing is known),
   * else as soon as they do, else without work after the server's patience (at most 60 s). Rejects
   * while the leader has assigned nothing to the agent: it goes on with what it has.
   */
  assignment(agent: string, known: KnownWork | undefined, signal: AbortSignal): Promise<WorkAnswer>;
  /** Resolves once all of it is stored. */
  deliver(batch: ResultBatch, signal: AbortSignal): Promise<void>;
  /** Ends or throws when the stream broke; it is then asked for again. */
  orders(agent: string, signal: AbortSignal): AsyncIterable<RunOrder>;
  /** Once for each order, as soon as it ended. */
  finish(agent: string, outcome: RunOutcome, signal: AbortSignal): Promise<void>;
  report(agent: string, report: AgentReport, signal: AbortSignal): Promise<void>;
}
