// What every Holdfast server is: a store, the configuration in force, the live view, alerts and the HTTP
// face, put together. Where the configuration comes from and who runs the checks is handed in
// (`alone.ts`, `fleet-server.ts`). Closing goes the way back: first no more requests, then no more runs,
// at last the store, so that nothing measured is lost.

import type { Store } from '@holdfast/engines/store';
import { type Chance, type Clock, HoldfastError, type Logger, newTraceId } from '@holdfast/kernel';
import type { AlertRecord } from '@holdfast/resources/alert-record';
import type { FleetOverview } from '@holdfast/resources/api';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { Configuration } from '@holdfast/resources/load';
import type { PresetName } from '@holdfast/resources/presets';
import type { ProbeResult } from '@holdfast/resources/result';
import { createMetrics, type Metrics } from '@holdfast/telemetry/metrics';
import type { ResultsAddress } from '../engine-address.ts';
import { failureAnswer } from '../failure-answer.ts';
import type { ListenAddress } from '../listen-address.ts';
import { makeFolder } from '../make-folder.ts';
import type { Resources } from '../resource-store/file-resources.ts';
import type { Agents } from './agents.ts';
import { Alerting } from './alerting.ts';
import type { ConfigurationSource } from './configuration-source.ts';
import { openStore } from './engines.ts';
import { createEventHub, type EventHub } from './event-hub.ts';
import type { FleetFace } from './fleet/fleet-face.ts';
import type { Access } from './http/guard.ts';
import { createHttpServer } from './http/http-server.ts';
import { httpDependencies } from './http-wiring.ts';
import { createLiveView, type LiveView, RECENT_RUNS } from './live-view.ts';
import { createProbeMetrics, type ProbeMetrics } from './probe-metrics.ts';
import { createResultFlow } from './result-flow.ts';
import type { RunDesk } from './run-desk.ts';
import { TextValidator } from './text-validator.ts';
import { startUpkeep } from './upkeep.ts';

export interface ServerOptions {
  clock: Clock;
  chance: Chance;
  logger: Logger;
  listen: ListenAddress;
  access: Access;
  dataFolder: string;
  results: ResultsAddress;
  /** Where raw results go before they are forgotten; absent: nowhere. */
  archive?: string;
  environment: NodeJS.ProcessEnv;
}

/** What makes a server of one sort. Both are closed with it, the agents first. */
export interface ServerPlan {
  readonly demo: boolean;
  /** For people: the file in force. */
  readonly configFile?: string;
  /** Where the file stands, for paths in texts that are to be added to it. */
  readonly folder?: string;
  /** Laid under the file. */
  readonly preset?: PresetName;
  openSource(server: HoldfastServer): Promise<ConfigurationSource>;
  /** Called when the store and the configuration are there. */
  openWorkforce(server: HoldfastServer): Promise<Workforce>;
  /** When it answers at its URL. */
  serving?(server: HoldfastServer): Promise<void>;
  /** It is for this server to forget old results until this is aborted; absent: for another one. */
  retaining(): AbortSignal | undefined;
  /** Absent: pages of this server alone are told. */
  tellAlert?(alert: AlertRecord): void;
}

/** Whoever measures, planned or asked for. */
export interface Workforce {
  agents: Agents;
  runs: RunDesk;
  resources: Resources;
  /** Who is there, and on what they stand. */
  overview(): Promise<FleetOverview>;
  /** What a server of a fleet has beyond one that stands alone. */
  fleet?: FleetFace;
}

export interface RunningServer {
  readonly url: string;
  readonly dataFolder: string;
  readonly checks: number;
  close(): Promise<void>;
}

/** Throws HoldfastError when it cannot start; whatever was opened until then is closed again. */
export async function startServer(
  options: ServerOptions,
  plan: ServerPlan,
): Promise<RunningServer> {
  const server = new HoldfastServer(options, plan);
  try {
    await server.start();
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

type Close = () => Promise<void> | void;

export class HoldfastServer implements RunningServer {
  readonly options: ServerOptions;
  readonly plan: ServerPlan;
  readonly startedAtMs: number;
  readonly metrics: Metrics = createMetrics();
  readonly view: LiveView = createLiveView();
  readonly hub: EventHub = createEventHub();
  readonly #probeMetrics: ProbeMetrics = createProbeMetrics(this.metrics.meter);
  readonly #opened: Close[] = [];
  #parts: Partial<Parts> = {};
  #started = false;
  /** The last results that came could be kept. */
  storing = true;
  url = '';
  /** Tells of results that are kept: pages, metrics, alerts. */
  readonly tell: (batch: readonly ProbeResult[]) => Promise<void>;

  constructor(options: ServerOptions, plan: ServerPlan) {
    this.options = options;
    this.plan = plan;
    this.startedAtMs = options.clock.wallMs();
    this.tell = createResultFlow({
      view: this.view,
      hub: this.hub,
      metrics: this.#probeMetrics,
      alerts: { observe: (result) => this.part('alerting').observe(result) },
      failure: (result) =>
        result.status === 'up'
          ? undefined
          : failureAnswer(result, this.configuration.faultTable, newTraceId(options.chance)),
    });
  }

  get dataFolder(): string {
    return this.options.dataFolder;
  }

  get configuration(): Configuration {
    return this.part('source').current;
  }

  get checks(): number {
    return this.configuration.checks.length;
  }

  /** As it is in force. */
  checkNamed(namespace: string, name: string): CompiledCheck | undefined {
    return this.configuration.checks.find(
      (check) => check.name === name && check.namespace === namespace,
    );
  }

  part<K extends keyof Parts>(name: K): Parts[K] {
    const part = this.#parts[name];
    if (part === undefined)
      throw new HoldfastError('INTERNAL', `the server has no ${name} yet`, 'Start it first.');
    return part as Parts[K];
  }

  /** Closed with the server, the last one first. */
  owns(close: Close): void {
    this.#opened.push(close);
  }

  async start(): Promise<void> {
    const { clock, dataFolder, listen, results: address } = this.options;
    makeFolder(dataFolder, 'data');
    const store = await openStore(address, this.options);
    this.#parts.store = store;
    this.owns(() => store.close());
    const source = await this.plan.openSource(this);
    this.#parts.source = source;
    this.owns(() => source.close());
    this.#openAlerting(store);
    await this.#configure(source.current);
    const latest = await store.results.latest({ perCheck: RECENT_RUNS });
    for (const result of latest.toReversed()) this.view.observe(result);
    const workforce = await this.plan.openWorkforce(this);
    this.#parts.workforce = workforce;
    const { agents, runs } = workforce;
    this.owns(() => agents.close());
    this.owns(() => runs.close());
    const texts = new TextValidator(clock);
    this.#parts.texts = texts;
    this.owns(() => texts.close());
    const http = await createHttpServer(httpDependencies(this));
    this.owns(() => http.close());
    this.url = await http.listen(listen.host, listen.port);
    await this.plan.serving?.(this);
    this.#startUpkeep(store);
    source.watch();
    this.#started = true;
    this.enforce(source.current);
  }

  async close(): Promise<void> {
    for (const close of this.#opened.splice(0).reverse()) await close();
  }

  /** Resolves when the store has it. */
  async keep(batch: readonly ProbeResult[]): Promise<void> {
    try {
      await this.part('store').results.append(batch);
      this.storing = true;
    } catch (error) {
      this.storing = false;
      throw error;
    }
  }

  /** A new configuration is in force; the source calls it. What comes before the start has ended is taken up then. */
  enforce(configuration: Configuration): void {
    if (!this.#started) return;
    this.#configure(configuration)
      .then(() => {
        // A newer one may have come meanwhile; agents are never told an older one after it.
        this.part('workforce').agents.enforce(this.configuration);
        this.hub.publish({ type: 'checks' });
      })
      .catch((error: unknown) => {
        this.options.logger.error('configuration not enforced', { error: String(error) });
      });
  }

  /** The source has faults, or (undefined) is well again. */
  tellProblem(problem: string | undefined): void {
    this.hub.publish(problem === undefined ? { type: 'config' } : { type: 'config', problem });
  }

  #openAlerting(store: Store): void {
    const { clock, chance, logger, environment } = this.options;
    const alerting = new Alerting({
      clock,
      chance,
      logger,
      meter: this.metrics.meter,
      store,
      environment,
      onAlert: (alert) => {
        if (this.plan.tellAlert === undefined) this.hub.publish({ type: 'alert', alert });
        else this.plan.tellAlert(alert);
      },
      consoleUrl: ({ namespace, check }) =>
        `${this.url}/checks/${encodeURIComponent(namespace)}/${encodeURIComponent(check)}`,
    });
    this.#parts.alerting = alerting;
    this.owns(() => alerting.stop());
  }

  #startUpkeep(store: Store): void {
    const { clock, logger } = this.options;
    const upkeep = startUpkeep({
      clock,
      logger,
      results: store.results,
      view: this.view,
      retaining: () => this.plan.retaining(),
      retention: () => this.configuration.retention,
    });
    this.owns(() => upkeep.close());
  }

  async #configure(configuration: Configuration): Promise<void> {
    const { checks, faultTable } = configuration;
    this.view.configure(checks);
    this.#probeMetrics.configure(checks, faultTable);
    await this.part('alerting').configure(configuration);
  }
}

export interface Parts {
  store: Store;
  source: ConfigurationSource;
  alerting: Alerting;
  workforce: Workforce;
  texts: TextValidator;
}
