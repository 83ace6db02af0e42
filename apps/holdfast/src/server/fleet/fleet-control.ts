// A control plane put together: coordination and events, the resources in force, its place among the
// servers, what it says to agents, and what it does while it leads. Parts are closed the way back, so
// that agents are sent elsewhere before the place is given up.

import { KEYS } from '@holdfast/engines/keys';
import { openMirror } from '@holdfast/engines/mirror';
import { formatDuration, HoldfastError } from '@holdfast/kernel';
import type { AlertRecord } from '@holdfast/resources/alert-record';
import type { FleetOverview } from '@holdfast/resources/api';
import type { RunRequest } from '@holdfast/resources/fleet';
import type { Resource } from '@holdfast/resources/load';
import type { ProbeResult } from '@holdfast/resources/result';
import type { CoordinationAddress, EventsAddress } from '../../engine-address.ts';
import {
  decodeResource,
  openResourceSource,
  type ResourceSource,
} from '../../resource-store/resource-source.ts';
import { ResourceStore } from '../../resource-store/resource-store.ts';
import type { ConfigurationSource } from '../configuration-source.ts';
import type { HoldfastServer, Workforce } from '../holdfast-server.ts';
import { openRunDesk } from '../run-desk.ts';
import { AgentReports } from './agent-reports.ts';
import { FleetAgents } from './fleet-agents.ts';
import type { FleetFace } from './fleet-face.ts';
import { startFleetMetrics } from './fleet-metrics.ts';
import { fleetOverview } from './fleet-overview.ts';
import { type Foundation, openFoundation } from './foundation.ts';
import { LeaderDuties } from './leader-duties.ts';
import { LiveFeed } from './live-feed.ts';
import { OrderDesk } from './order-desk.ts';
import { ownRecord } from './own-record.ts';
import { type ServerPlace, takePlace } from './server-place.ts';
import { withSigns } from './signs-of-life.ts';
import { WorkDesk } from './work-desk.ts';

/** Of each check; more than pass between two looks at most intervals. */
const LOOK_RUNS = 10;

export interface ControlPlaneOptions {
  id: string;
  coordination: CoordinationAddress;
  events: EventsAddress;
  /** At which others reach it; default where it listens. */
  advertise?: string;
  /** Of servers, leader and agents. */
  leaseMs: number;
}

export class FleetControl {
  readonly #server: HoldfastServer;
  readonly #options: ControlPlaneOptions;
  readonly #foundation: Foundation;
  readonly #feed: LiveFeed;
  readonly #orders: OrderDesk;
  readonly #work: WorkDesk;
  readonly #reports: AgentReports;
  readonly #duties: LeaderDuties;
  #source: ResourceSource | undefined;
  #place: ServerPlace | undefined;

  /** What it opens the server closes. */
  static async open(server: HoldfastServer, options: ControlPlaneOptions): Promise<FleetControl> {
    return new FleetControl(server, options, await openFoundation(server, options));
  }

  private constructor(
    server: HoldfastServer,
    options: ControlPlaneOptions,
    foundation: Foundation,
  ) {
    const { clock, chance, logger } = server.options;
    const { events, fleet } = foundation;
    this.#server = server;
    this.#options = options;
    this.#foundation = foundation;
    this.#reports = new AgentReports(clock, (agents) =>
      server.hub.publish({ type: 'agents', agents }),
    );
    server.owns(() => this.#reports.close());
    this.#feed = new LiveFeed({
      clock,
      chance,
      logger,
      events,
      onResults: (batch) => server.tell(batch),
      onAlert: (alert) => server.hub.publish({ type: 'alert', alert }),
      look: async () => {
        const latest = await server.part('store').results.latest({ perCheck: LOOK_RUNS });
        return latest.toSorted((a, b) => a.key.plannedAtMs - b.key.plannedAtMs);
      },
    });
    server.owns(() => this.#feed.close());
    this.#work = new WorkDesk({
      clock,
      assignmentOf: (agent) => fleet.assignment(agent),
      configuration: () => server.configuration,
      resources: () => this.#resources.applied,
    });
    this.#orders = new OrderDesk({
      clock,
      chance,
      logger,
      events,
      server: options.id,
      checkOf: (request, location) => this.#checkOf(request, location),
      store: (result) => this.#take([result]),
    });
    this.#duties = new LeaderDuties({
      server,
      ...foundation,
      leaseMs: options.leaseMs,
      resources: () => this.#resources.applied,
    });
  }

  /** Aborted when this server leads no more; absent while it does not lead. */
  get leading(): AbortSignal | undefined {
    return this.#place?.election.leadership?.lost;
  }

  async openSource(): Promise<ConfigurationSource> {
    const { clock, chance, logger } = this.#server.options;
    const mirror = openMirror<Resource>({
      coordination: this.#foundation.coordination,
      prefix: KEYS.resources,
      decode: decodeResource(),
      clock,
      chance,
      logger,
    });
    this.#server.owns(() => mirror.close());
    const source = await openResourceSource({
      mirror,
      clock,
      logger,
      onChange: (configuration) => this.#server.enforce(configuration),
      onProblem: (problem) => {
        this.#place?.applied(this.#resources.applied);
        this.#server.tellProblem(problem);
      },
    });
    this.#source = source;
    return {
      get current() {
        return source.current;
      },
      get problem() {
        return source.problem;
      },
      watch: () => {},
      close: () => source.close(),
    };
  }

  async openWorkforce(): Promise<Workforce> {
    const { coordination, fleet, events } = this.#foundation;
    const { clock, chance, logger } = this.#server.options;
    await fleet.ready;
    const unsubscribe = fleet.subscribe(() => this.#fleetChanged());
    this.#server.owns(unsubscribe);
    const agents = new FleetAgents({
      enforce: () => this.#enforce(),
      fleet,
      orders: this.#orders,
      reports: this.#reports,
      runs: () => runs,
      logger,
    });
    const runs = openRunDesk(this.#server, events, (asked) => this.#locationsOf(asked));
    const resources = new ResourceStore({ coordination, clock, chance });
    return { agents, runs, resources, fleet: this.#face(), overview: () => this.#overview() };
  }

  /** Takes its place among the servers and stands for leader. Rejects with CONFLICT and FLEET_MISMATCH. */
  async join(): Promise<void> {
    const { clock, chance, logger } = this.#server.options;
    const { leaseMs } = this.#options;
    const place = await takePlace({
      coordination: this.#foundation.coordination,
      record: ownRecord(this.#server, this.#options),
      leaseMs,
      onLeadership: (leadership) => this.#duties.follow(leadership),
      clock,
      chance,
      logger,
    });
    this.#place = place;
    const metrics = startFleetMetrics({
      ...this.#foundation,
      reports: this.#reports,
      meter: this.#server.metrics.meter,
      leads: () => this.leading !== undefined,
      clock,
      logger,
    });
    this.#server.owns(() => metrics.close());
    this.#server.owns(async () => {
      await this.#duties.close();
      await place.close();
    });
  }

  tellAlert(alert: AlertRecord): void {
    this.#feed.tellAlert(alert);
  }

  get #resources(): ResourceSource {
    if (this.#source === undefined) throw new TypeError('the resources are not open yet');
    return this.#source;
  }

  #enforce(): void {
    this.#place?.applied(this.#resources.applied);
    this.#work.changed();
    this.#duties.checksChanged();
  }

  #fleetChanged(): void {
    const live = new Set(this.#foundation.fleet.agents().map(({ id }) => id));
    this.#work.forget((agent) => live.has(agent));
    this.#reports.forget((agent) => live.has(agent));
    this.#work.changed();
    this.#reports.tellSoon();
  }

  /** Stored first; then all servers are told. */
  async #take(batch: readonly ProbeResult[]): Promise<void> {
    await this.#server.keep(batch);
    this.#feed.tellResults(batch);
  }

  /** Whoever names the location of a run may name any; else the check's own count. */
  #checkOf({ namespace, check, ...asked }: RunRequest, location: string) {
    const found = this.#server.checkNamed(namespace, check);
    const isThere = asked.location === location || (found?.locations?.includes(location) ?? true);
    return isThere ? found : undefined;
  }

  #locationsOf({ namespace, check, location }: Omit<RunRequest, 'run' | 'by' | 'requestedAtMs'>) {
    if (location !== undefined) return [location];
    const named = this.#server.checkNamed(namespace, check)?.locations;
    const live = new Set(this.#foundation.fleet.agents().map((agent) => agent.location));
    return named ?? [...live].sort();
  }

  #face(): FleetFace {
    return {
      coordination: this.#foundation.service,
      work: (agent, known, gone) => {
        this.#demandPresentView();
        return this.#work.work(agent, known, gone);
      },
      deliver: ({ results }) =>
        withSigns(
          this.#server.options.clock,
          this.#take(results).then(() => ({ stored: results.length })),
        ),
      orders: (agent, location, gone) => this.#orders.orders(agent, location, gone),
      finish: (agent, outcome) => this.#orders.finish(agent, outcome),
      report: (agent, report) => this.#reports.take(agent, report),
    };
  }

  /** An assignment of long ago would put an agent back to it. */
  #demandPresentView(): void {
    const nowMs = this.#server.options.clock.nowMs();
    const silentMs = nowMs - (this.#foundation.fleet.staleSinceMs ?? nowMs);
    if (silentMs < this.#options.leaseMs) return;
    throw new HoldfastError(
      'COORDINATION_FAILED',
      `this server has heard nothing from coordination for ${formatDuration(silentMs)}`,
      'Ask another server, or look at this one.',
    );
  }

  async #overview(): Promise<FleetOverview> {
    const { coordination, events, fleet } = this.#foundation;
    const store = this.#server.part('store');
    const { revision, digest } = this.#resources.stored;
    return fleetOverview({
      nowMs: this.#server.options.clock.wallMs(),
      own: this.#options.id,
      leader: this.#place?.election.leader,
      fleet,
      reports: this.#reports,
      unassigned: this.#duties.unassigned(this.#server.configuration.checks),
      resources: { revision: String(revision), digest },
      engines: {
        coordination: await coordination.facts(),
        events: await events.facts(),
        results: { engine: store.engine, shownAs: this.#server.options.results.shownAs },
      },
    });
  }
}
