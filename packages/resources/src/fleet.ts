// What the members of a fleet tell each other (types only): who is there, what is assigned to whom,
// and runs that somebody asked for. Bigints travel as decimal text. Fields are only ever added.

import type { CompiledCheck, EgressPolicy } from './compiled-check.ts';
import type { CheckReference, ProbeResult } from './result.ts';

/** A control plane, under a lease at `servers/<id>`. */
export interface ServerRecord {
  id: string;
  /** At which others reach it. */
  url: string;
  version: string;
  startedAtMs: number;
  /** What it stands on, without credentials; all servers of a fleet name the same. */
  engines: { coordination: string; events: string; results: string };
}

/** An agent, under a lease at `agents/<location>/<id>`. */
export interface AgentRecord {
  id: string;
  location: string;
  version: string;
  startedAtMs: number;
}

/** Names only: the checks themselves are asked from a server. At `assignments/<agent>`. */
export interface AssignmentRecord {
  agent: string;
  /** Fencing token of the leader that wrote it. */
  term: string;
  /** Of the resources it was made from. */
  revision: string;
  /** `namespace/name`, ascending. */
  checks: string[];
  assignedAtMs: number;
}

/** What an agent gets for its assignment. `term` and `revision` (of the assignment) and the digest of the resources name it. */
export interface AssignedWork {
  term: string;
  revision: number;
  checks: CompiledCheck[];
  egress: EgressPolicy;
  plugins: string[];
}

/** What one node (server, agent, gateway) has applied, under a lease at `applied/<node>`. */
export interface AppliedRecord {
  node: string;
  role: 'server' | 'agent' | 'gateway';
  /** Of the resources in force there. */
  revision: string;
  /** Over keys and modification revisions of the resources in force; equal = the same resources. */
  digest: string;
  appliedAtMs: number;
  /** From written to in force, over the last changes; wall clocks of two machines are compared. */
  lagMsP99?: number;
  /** Resources whose last good form is in force, with why. */
  faults: { key: string; problem: string }[];
}

/** Somebody wants a check run now. In the stream `runs`, type `RunRequested`; key = the run's id. */
export interface RunRequest extends CheckReference {
  run: string;
  /** Absent: at each location of the check. */
  location?: string;
  /** Who asked, for the history. */
  by: string;
  requestedAtMs: number;
  /** From the second on: an agent could not make it, and it was put into the stream again for its location. */
  attempt?: number;
}

/** In the stream `runs`, type `RunFinished`; one for each location. */
export interface RunFinished {
  run: string;
  location: string;
  result: ProbeResult;
}

/** A server tells an agent to measure a check once. */
export interface RunOrder {
  run: string;
  check: CompiledCheck;
}
