// The answers of fleet-api.ts once more as schemas, as api-schema.ts does for the others.

import { z } from 'zod';
import type { AgentSummary } from './api.ts';
import type { AppliedRecord } from './fleet.ts';
import type { AppliedOverview, FleetOverview, RunHistory, RunState } from './fleet-api.ts';
import { count, durationMs, timeMs, toldResult } from './result-schema.ts';

const applied = z.object({
  node: z.string(),
  role: z.enum(['server', 'agent', 'gateway']),
  revision: z.string(),
  digest: z.string(),
  appliedAtMs: timeMs,
  lagMsP99: durationMs.exactOptional(),
  faults: z.array(z.object({ key: z.string(), problem: z.string() })),
}) satisfies z.ZodType<AppliedRecord>;

export const appliedOverview = z.object({
  revision: z.string(),
  digest: z.string(),
  nodes: z.array(applied),
  live: count,
  total: count,
  lagMsP99: durationMs.exactOptional(),
}) satisfies z.ZodType<AppliedOverview>;

const engine = { engine: z.string(), shownAs: z.string() };

const engines = z.object({
  coordination: z.object({
    ...engine,
    members: z.array(
      z.object({
        name: z.string(),
        endpoint: z.string(),
        version: z.string(),
        leader: z.boolean(),
      }),
    ),
    warnings: z.array(z.string()),
  }),
  events: z.object(engine),
  results: z.object(engine),
});

const member = {
  id: z.string(),
  version: z.string(),
  startedAtMs: timeMs,
  applied: applied.exactOptional(),
};

/** `summary` is the schema of an AgentSummary. */
export function fleetOverview<S extends z.ZodType<AgentSummary>>(summary: S) {
  return z.object({
    nowMs: timeMs,
    leader: z
      .object({ id: z.string(), url: z.string(), sinceMs: timeMs, term: z.string() })
      .exactOptional(),
    servers: z.array(
      z.object({ ...member, url: z.string(), leader: z.boolean(), answering: z.boolean() }),
    ),
    agents: z.array(
      z.object({
        ...member,
        location: z.string(),
        live: z.boolean(),
        checks: count,
        summary: summary.exactOptional(),
        buffered: count.exactOptional(),
      }),
    ),
    unassigned: z.array(
      z.object({ namespace: z.string(), check: z.string(), location: z.string() }),
    ),
    resources: appliedOverview,
    engines,
  }) satisfies z.ZodType<FleetOverview>;
}

export const runState = z.object({
  run: z.string(),
  namespace: z.string(),
  check: z.string(),
  requestedAtMs: timeMs,
  by: z.string(),
  state: z.enum(['queued', 'finished', 'expired']),
  locations: z.array(z.string()),
  results: z.array(toldResult),
}) satisfies z.ZodType<RunState>;

export const runHistory = z.object({ runs: z.array(runState) }) satisfies z.ZodType<RunHistory>;
