// A fleet in numbers for Prometheus, looked up a few times a minute. Labels are locations of agents
// that live, hence bounded by the fleet.

import type { Events } from '@holdfast/engines/events';
import type { FleetView } from '@holdfast/fleet/membership';
import { RUNS_STREAM, runGroup } from '@holdfast/fleet/runs';
import { type Clock, type Logger, type Meter, sleep } from '@holdfast/kernel';
import type { AgentReports } from './agent-reports.ts';

const EVERY_MS = 5_000;
const LOCATIONS_MAX = 500;

export interface FleetMetricsOptions {
  clock: Clock;
  logger: Logger;
  meter: Meter;
  fleet: FleetView;
  events: Events;
  reports: AgentReports;
  leads(): boolean;
}

export function startFleetMetrics(options: FleetMetricsOptions): { close(): Promise<void> } {
  const closing = new AbortController();
  const running = run(options, closing.signal);
  return {
    close: () => {
      closing.abort();
      return running;
    },
  };
}

function instrumentsOn(meter: Meter) {
  return {
    leads: meter.gauge('holdfast_fleet_leads', 'Whether this server leads (1) or not (0).'),
    servers: meter.gauge('holdfast_fleet_servers', 'Servers that hold a lease.'),
    agents: meter.gauge('holdfast_fleet_agents', 'Agents that hold a lease.', ['location']),
    buffered: meter.gauge(
      'holdfast_fleet_buffered_results',
      'Results that wait at the agents that speak to this server.',
      ['location'],
    ),
    stale: meter.gauge(
      'holdfast_fleet_stale_seconds',
      'For how long coordination has been silent; 0 while it is heard.',
    ),
    waiting: meter.gauge(
      'holdfast_runs_waiting',
      'Asked runs that no agent of the location took or finished.',
      ['location'],
    ),
  };
}

/** Never rejects. */
async function run(options: FleetMetricsOptions, signal: AbortSignal): Promise<void> {
  const { clock, logger, meter } = options;
  const instruments = instrumentsOn(meter);
  let shown: ReadonlySet<string> = new Set();
  while (!signal.aborted) {
    try {
      shown = await look(options, instruments, shown);
    } catch (error) {
      if (!signal.aborted) logger.debug('The fleet could not be counted.', { error });
    }
    await sleep(clock, EVERY_MS, signal).catch(() => {});
  }
}

/** Gives the locations that have series now. */
async function look(
  { clock, fleet, events, reports, leads }: FleetMetricsOptions,
  instruments: ReturnType<typeof instrumentsOn>,
  before: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const { staleSinceMs } = fleet;
  instruments.leads.set(leads() ? 1 : 0);
  instruments.servers.set(fleet.servers().length);
  instruments.stale.set(staleSinceMs === undefined ? 0 : (clock.nowMs() - staleSinceMs) / 1_000);
  const byLocation = Map.groupBy(fleet.agents(), ({ location }) => location);
  const locations = new Set([...byLocation.keys()].slice(0, LOCATIONS_MAX));
  for (const location of before) {
    if (locations.has(location)) continue;
    for (const gauge of [instruments.agents, instruments.buffered, instruments.waiting])
      gauge.remove({ location });
  }
  for (const location of locations) {
    const agents = byLocation.get(location) ?? [];
    const buffered = agents.map(({ id }) => reports.of(id)?.buffered ?? 0);
    instruments.agents.set(agents.length, { location });
    instruments.buffered.set(
      buffered.reduce((sum, one) => sum + one, 0),
      { location },
    );
    const { waiting, unacknowledged } = await events.lag(RUNS_STREAM, runGroup(location));
    instruments.waiting.set(waiting + unacknowledged, { location });
  }
  return locations;
}
