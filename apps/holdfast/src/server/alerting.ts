// Alerting while it is this server's turn: begun from what is stored, ended without forgetting. Of
// several servers one alerts, the leader; the others let results pass.

import type { Store } from '@holdfast/engines/store';
import {
  type AlertEngine,
  createAlertEngine,
  createSmtpSender,
  createWebhookSender,
} from '@holdfast/health/alert';
import type { Chance, Clock, Logger, Meter } from '@holdfast/kernel';
import { RunSecrets, readSecretFile } from '@holdfast/probing/secrets';
import type { AlertRecord } from '@holdfast/resources/alert-record';
import type { Configuration } from '@holdfast/resources/load';
import type { CheckReference, ProbeResult } from '@holdfast/resources/result';
import { RECENT_RUNS } from './live-view.ts';

export interface AlertingOptions {
  clock: Clock;
  chance: Chance;
  logger: Logger;
  meter: Meter;
  store: Pick<Store, 'results' | 'alertJournal'>;
  environment: NodeJS.ProcessEnv;
  onAlert(alert: AlertRecord): void;
  consoleUrl(check: CheckReference): string;
}

export class Alerting {
  readonly #options: AlertingOptions;
  #configuration: Configuration | undefined;
  #engine: Promise<AlertEngine> | undefined;

  constructor(options: AlertingOptions) {
    this.#options = options;
  }

  /** `latest`: the last runs of each check, read anew when absent. Rejects when the journal cannot be read. */
  async start(configuration: Configuration, latest?: readonly ProbeResult[]): Promise<void> {
    this.#configuration = configuration;
    this.#engine ??= this.#open(configuration, latest);
    try {
      await this.#engine;
    } catch (error) {
      this.#engine = undefined;
      throw error;
    }
  }

  async configure(configuration: Configuration): Promise<void> {
    this.#configuration = configuration;
    const engine = await this.#engine;
    const { rules, channels, checks } = configuration;
    await engine?.configure(rules, channels, checks);
  }

  /** Resolves when all that the result caused is written down. */
  async observe(result: ProbeResult): Promise<void> {
    const engine = await this.#engine;
    await engine?.observe(result);
  }

  /** Nobody is told anything from here any more; what is not delivered stays in the journal. */
  async stop(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    await (await engine)?.close();
  }

  async #open(
    configuration: Configuration,
    latest: readonly ProbeResult[] | undefined,
  ): Promise<AlertEngine> {
    const { store, environment, ...options } = this.#options;
    const secrets = new RunSecrets({ environment, readFile: readSecretFile });
    const engine = createAlertEngine({
      ...options,
      journal: store.alertJournal,
      send: {
        webhook: createWebhookSender(options.clock, secrets),
        smtp: createSmtpSender(secrets),
      },
    });
    const { rules, channels, checks } = this.#configuration ?? configuration;
    await engine.configure(rules, channels, checks);
    await engine.hydrate(latest ?? (await store.results.latest({ perCheck: RECENT_RUNS })));
    return engine;
  }
}
