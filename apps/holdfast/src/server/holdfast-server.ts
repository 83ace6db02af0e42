// The whole of Holdfast on embedded engines, put together: store, agent, alerts, the configuration
// in force and the HTTP face. Rooms never meet but here. Closing goes the way back: first no more
// requests, then no more runs, at last the store, so that nothing measured is lost.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openSqliteStore, type SqliteStore } from '@holdfast/engines/sqlite';
import {
  type AlertEngine,
  createAlertEngine,
  createSmtpSender,
  createWebhookSender,
} from '@holdfast/health/alert';
import {
  type Chance,
  type Clock,
  HoldfastError,
  isHoldfastError,
  type Logger,
  newTraceId,
} from '@holdfast/kernel';
import { type AgentLink, startAgent } from '@holdfast/probing/agent-link';
import { pluginAddress } from '@holdfast/probing/plugin';
import { RunSecrets, readSecretFile } from '@holdfast/probing/secrets';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { Configuration } from '@holdfast/resources/load';
import type { PresetName } from '@holdfast/resources/presets';
import type { ProbeResult } from '@holdfast/resources/result';
import { createMetrics, type Metrics } from '@holdfast/telemetry/metrics';
import { storeFile } from '../data-folder.ts';
import { demoFile } from '../demo/demo-file.ts';
import { startDemoTargets } from '../demo/demo-targets.ts';
import { failureAnswer } from '../failure-answer.ts';
import type { ListenAddress } from '../listen-address.ts';
import { type ConfigurationSource, openConfigurationSource } from './configuration-source.ts';
import { createEventHub, type EventHub } from './event-hub.ts';
import { createFirstRuns, type FirstRuns } from './first-runs.ts';
import type { Access } from './http/guard.ts';
import { createHttpServer } from './http/http-server.ts';
import { httpDependencies } from './http-wiring.ts';
import { createLiveView, type LiveView, RECENT_RUNS } from './live-view.ts';
import { createProbeMetrics, type ProbeMetrics } from './probe-metrics.ts';
import { createResultFlow } from './result-flow.ts';
import { TextValidator } from './text-validator.ts';
import { startUpkeep } from './upkeep.ts';

const AGENT_ID = 'embedded';
const DEMO_FILE = 'demo.yaml';

export interface ServerOptions {
  clock: Clock;
  chance: Chance;
  logger: Logger;
  listen: ListenAddress;
  access: Access;
  dataFolder: string;
  location: string;
  environment: NodeJS.ProcessEnv;
  /** Laid under the file. */
  preset?: PresetName;
  /** Absent: the demo. */
  file?: { path: string; shownAs: string };
}

export interface RunningServer {
  readonly url: string;
  readonly demo: boolean;
  readonly dataFolder: string;
  readonly checks: number;
  close(): Promise<void>;
}

/** Throws HoldfastError when it cannot start; whatever was opened until then is closed again. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server = new HoldfastServer(options);
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
  readonly startedAtMs: number;
  readonly metrics: Metrics = createMetrics();
  readonly view: LiveView = createLiveView();
  readonly hub: EventHub = createEventHub();
  readonly #probeMetrics: ProbeMetrics = createProbeMetrics(this.metrics.meter);
  readonly #firstRuns: FirstRuns = createFirstRuns();
  readonly #opened: Close[] = [];
  #parts: Parts | undefined;
  /** Of the assignment that the agent should run; 0 = none yet. */
  #revision = 0;
  /** The last results that came could be kept. */
  storing = true;
  url = '';

  constructor(options: ServerOptions) {
    this.options = options;
    this.startedAtMs = options.clock.wallMs();
  }

  get demo(): boolean {
    return this.options.file === undefined;
  }

  get dataFolder(): string {
    return this.options.dataFolder;
  }

  get checks(): number {
    return this.parts.source.current.checks.length;
  }

  get parts(): Parts {
    if (this.#parts === undefined)
      throw new HoldfastError('INTERNAL', 'the server is not open', 'Start it first.');
    return this.#parts;
  }

  /** The agent runs what is configured now. */
  get inForce(): boolean {
    return this.#revision > 0 && this.parts.agent.assignedRevision === this.#revision;
  }

  async start(): Promise<void> {
    const { clock, logger, dataFolder, listen } = this.options;
    makeFolder(dataFolder);
    const store = await openSqliteStore({ path: storeFile(dataFolder), clock, logger });
    this.#opened.push(() => store.close());
    const source = await this.#openSource();
    const alerts = this.#openAlerts(store);
    await this.#configure(source.current, alerts);
    const latest = await store.results.latest({ perCheck: RECENT_RUNS });
    for (const result of latest.toReversed()) this.view.observe(result);
    await alerts.hydrate(latest);
    const agent = this.#startAgent(store, alerts);
    const texts = new TextValidator(clock);
    this.#opened.push(() => texts.close());
    this.#parts = { store, source, alerts, agent, texts };
    const http = await createHttpServer(httpDependencies(this));
    this.#opened.push(() => http.close());
    this.url = await http.listen(listen.host, listen.port);
    this.#assign(source.current);
    const { results } = store;
    const upkeep = startUpkeep({
      clock,
      logger,
      results,
      view: this.view,
      retention: () => source.current.retention,
    });
    this.#opened.push(() => upkeep.close());
    source.watch();
  }

  async close(): Promise<void> {
    for (const close of this.#opened.splice(0).reverse()) await close();
  }

  async #openSource(): Promise<ConfigurationSource> {
    const { clock, logger, preset } = this.options;
    const source = openConfigurationSource({
      ...(this.options.file ?? (await this.#openDemo())),
      ...(preset === undefined ? {} : { preset }),
      clock,
      logger,
      onChange: (configuration) => this.#enforce(configuration),
      onProblem: (problem) =>
        this.hub.publish(problem === undefined ? { type: 'config' } : { type: 'config', problem }),
    });
    this.#opened.push(() => source.close());
    return source;
  }

  async #openDemo(): Promise<{ path: string; shownAs: string }> {
    const { clock, chance, dataFolder } = this.options;
    const targets = await startDemoTargets(clock, chance);
    this.#opened.push(() => targets.close());
    const path = join(dataFolder, DEMO_FILE);
    writeFileSync(path, demoFile(targets));
    return { path, shownAs: path };
  }

  #openAlerts(store: SqliteStore): AlertEngine {
    const { clock, chance, logger, environment } = this.options;
    const secrets = new RunSecrets({ environment, readFile: readSecretFile });
    const alerts = createAlertEngine({
      clock,
      chance,
      logger,
      meter: this.metrics.meter,
      journal: store.alertJournal,
      send: { webhook: createWebhookSender(clock, secrets), smtp: createSmtpSender(secrets) },
      onAlert: (alert) => this.hub.publish({ type: 'alert', alert }),
      consoleUrl: ({ namespace, check }) =>
        `${this.url}/checks/${encodeURIComponent(namespace)}/${encodeURIComponent(check)}`,
    });
    this.#opened.push(() => alerts.close());
    return alerts;
  }

  #startAgent(store: SqliteStore, alerts: AlertEngine): AgentLink {
    const { clock, chance, logger, location } = this.options;
    const { view, hub } = this;
    const { results } = store;
    const failure = (result: ProbeResult) =>
      result.status === 'up'
        ? undefined
        : failureAnswer(result, this.parts.source.current.faultTable, newTraceId(chance));
    const metrics = this.#probeMetrics;
    const flow = createResultFlow({ results, view, hub, metrics, failure, alerts });
    const agent = startAgent({
      clock,
      logger,
      id: AGENT_ID,
      location,
      onResults: async (batch) => {
        try {
          await flow(batch);
          this.storing = true;
        } catch (error) {
          this.storing = false;
          throw error;
        }
      },
      onStatistics: (statistics) => {
        view.setMissedRuns(statistics.missedByCheck);
        hub.publish({ type: 'agents', agents: [agent.summary()] });
        this.#askFirstRuns();
      },
    });
    this.#opened.push(() => agent.close());
    return agent;
  }

  async #configure(configuration: Configuration, alerts: AlertEngine): Promise<void> {
    const { checks, rules, channels, faultTable } = configuration;
    this.view.configure(checks);
    this.#probeMetrics.configure(checks, faultTable);
    await alerts.configure(rules, channels, checks);
  }

  #assign({ checks, egress, plugins }: Configuration): void {
    this.#revision += 1;
    const addresses = plugins.map((one) => pluginAddress(one, this.options.file?.path));
    const revision = this.#revision;
    this.parts.agent.assign({ revision, checks, egress, plugins: addresses });
  }

  #askFirstRuns(): void {
    if (!this.inForce) return;
    const { source, agent } = this.parts;
    const hasResult = ({ namespace, name }: CompiledCheck) =>
      this.view.last(namespace, name) !== undefined;
    for (const { namespace, name } of this.#firstRuns.due(source.current.checks, hasResult)) {
      agent.runNow({ namespace, check: name });
    }
  }

  #enforce(configuration: Configuration): void {
    this.#configure(configuration, this.parts.alerts)
      .then(() => {
        // A newer one may have come meanwhile; the agent is never told an older one after it.
        this.#assign(this.parts.source.current);
        this.hub.publish({ type: 'checks' });
      })
      .catch((error: unknown) => {
        this.options.logger.error('configuration not enforced', { error: String(error) });
      });
  }
}

export interface Parts {
  store: SqliteStore;
  source: ConfigurationSource;
  alerts: AlertEngine;
  agent: AgentLink;
  texts: TextValidator;
}

/** Level by level: asked to make all at once, Node never comes back from places like /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  try {
    if (dirname(folder) !== folder) makeFolder(dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (isHoldfastError(error)) throw error;
    const cure = 'Choose another folder with --data.';
    throw new HoldfastError('STORE_FAILED', `cannot make ${folder}`, cure, error);
  }
}
