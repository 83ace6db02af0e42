// What the HTTP API answers about a fleet and its runs (types only), shared by the server and the
// console. Times are ms since 1970. Fields are only ever added.

import type { AgentSummary, ToldResult } from './api.ts';
import type { AppliedRecord } from './fleet.ts';

/** GET /api/v1/fleet */
export interface FleetOverview {
  nowMs: number;
  /** Absent while nobody leads. */
  leader?: { id: string; url: string; sinceMs: number; term: string };
  servers: FleetServer[];
  agents: FleetAgent[];
  /** Checks that should run at a location without a live agent, at most 1,000 of them. */
  unassigned: { namespace: string; check: string; location: string }[];
  resources: AppliedOverview;
  engines: FleetEngines;
}

export interface FleetServer {
  id: string;
  url: string;
  version: string;
  startedAtMs: number;
  leader: boolean;
  /** The one that answers. */
  answering: boolean;
  applied?: AppliedRecord;
}

export interface FleetAgent {
  id: string;
  location: string;
  version: string;
  startedAtMs: number;
  /** Its lease is held. */
  live: boolean;
  /** Assigned to it. */
  checks: number;
  /** Last heard of it by the answering server; absent when it speaks to another one. */
  summary?: AgentSummary;
  /** Results that wait at the agent for a server. */
  buffered?: number;
  applied?: AppliedRecord;
}

/** GET /api/v1/applied: are the resources live everywhere? */
export interface AppliedOverview {
  /** Of the store. */
  revision: string;
  digest: string;
  nodes: AppliedRecord[];
  /** Nodes that have this digest, of all that are live. */
  live: number;
  total: number;
  lagMsP99?: number;
}

export interface FleetEngines {
  coordination: {
    engine: string;
    shownAs: string;
    members: { name: string; endpoint: string; version: string; leader: boolean }[];
    warnings: string[];
  };
  events: { engine: string; shownAs: string };
  results: { engine: string; shownAs: string };
}

/** POST /api/v1/runs `{namespace, check, location?}` → the run; GET /api/v1/runs/:id?wait=30s */
export interface RunState {
  run: string;
  namespace: string;
  check: string;
  requestedAtMs: number;
  by: string;
  /** `expired`: no agent took it within ten minutes. */
  state: 'queued' | 'finished' | 'expired';
  /** Where it was or will be run. */
  locations: string[];
  results: ToldResult[];
}

/** GET /api/v1/runs: newest first. */
export interface RunHistory {
  runs: RunState[];
}
