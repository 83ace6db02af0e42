// What a server that stands alone tells of its fleet: itself, its agent, and that everything it has is
// in force with it.

import type { AgentSummary, FleetOverview } from '@holdfast/resources/api';
import { VERSION } from '../version.ts';
import type { HoldfastServer } from './holdfast-server.ts';

const SELF = 'this-server';

export function aloneOverview(
  server: HoldfastServer,
  agents: readonly AgentSummary[],
  events: { engine: string; endpoint: string },
): FleetOverview {
  const { plan, options, url, startedAtMs, checks } = server;
  const nowMs = options.clock.wallMs();
  const store = server.part('store');
  return {
    nowMs,
    leader: { id: SELF, url, sinceMs: startedAtMs, term: '1' },
    servers: [{ id: SELF, url, version: VERSION, startedAtMs, leader: true, answering: true }],
    agents: agents.map((summary) => ({
      id: summary.id,
      location: summary.location,
      version: VERSION,
      startedAtMs: summary.startedAtMs,
      live: summary.connected,
      checks,
      summary,
      buffered: 0,
    })),
    unassigned: [],
    resources: { revision: '0', digest: '', nodes: [], live: 1, total: 1 },
    engines: {
      coordination: {
        engine: 'file',
        shownAs: plan.configFile ?? 'demo',
        members: [],
        warnings: [],
      },
      events: { engine: events.engine, shownAs: events.endpoint },
      results: { engine: store.engine, shownAs: store.shownAs },
    },
  };
}
