// Alerting while it is this server's turn: begun from what is stored, ended without forgetting. Of
// several servers one alerts, the leader; the others let results pass. A leader that stood still must
// never tell anybody what its successor told already, so its turn is proven before each step.

import type { Store } from '@holdfast/engines/store';
import {
  type AlertEngine,
  createAlertEngine,
  createSmtpSender,
  createWebhookSender,
  type Send,
} from '@holdfast/health/alert';
import type { Chance, Clock, Logger, Meter } from '@holdfast/kernel';
import { RunSecrets, readSecretFile } from '@holdfast/probing/secrets';
import type { AlertRecord } from '@holdfast/resources/alert-record';
import type { CompiledChannel } from '@holdfast/resources/compiled-alert';
import type { Configuration } from '@holdfast/resources/load';
import type { CheckReference, ProbeResult } from '@holdfast/resources/result';
import { lastingMeter } from './lasting-meter.ts';
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

/** Rejects when it is this server's turn no longer. */
export type ProofOfTurn = () => Promise<void>;

export class Alerting {
  readonly #options: AlertingOptions;
  #proof: ProofOfTurn | undefined;
  /** Results of one batch stand on one proof, and so keep their order. */
  #proving: Promise<void> | undefined;
  #configuration: Configuration | undefined;
  #engine: Promise<AlertEngine> | undefined;

  constructor(options: AlertingOptions) {
    // Whoever leads a second time alerts with a new engine.
    this.#options = { ...options, meter: lastingMeter(options.meter) };
  }

  /** `proof` absent: nobody else alerts. Rejects when the journal cannot be read. */
  async start(configuration: Configuration, proof?: ProofOfTurn): Promise<void> {
    this.#configuration = configuration;
    this.#proof = proof;
    this.#engine ??= this.#open(configuration);
    try {
      await this.#engine;
    } catch (error) {
      this.#engine = undefined;
      throw error;
    }
  }

  async configure(configuration: Configuration): Promise<void> {
    this.#configuration = configuration;
    const engine = await this.#engine?.catch(() => undefined);
    const { rules, channels, checks } = configuration;
    await engine?.configure(rules, channels, checks);
  }

  /** Resolves when all that the result caused is written down. */
  async observe(result: ProbeResult): Promise<void> {
    const engine = await this.#engine?.catch(() => undefined);
    if (engine === undefined || !(await this.#isOurTurn())) return;
    await engine.observe(result);
  }

  /** Nobody is told anything from here any more; what is not delivered stays in the journal. */
  async stop(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    await (await engine?.catch(() => undefined))?.close();
  }

  /** When it is not, the successor judges the same results from the store. */
  async #isOurTurn(): Promise<boolean> {
    if (this.#proof === undefined) return true;
    this.#proving ??= this.#proof().finally(() => {
      this.#proving = undefined;
    });
    return this.#proving.then(
      () => true,
      () => false,
    );
  }

  /** What is not sent stays in the journal as it is, and the successor takes it up: nothing is written down. */
  #sentInTurn<C extends CompiledChannel>(send: Send<C>): Send<C> {
    return async (delivery, channel, signal) => {
      if (await this.#isOurTurn()) return send(delivery, channel, signal);
      await abortOf(signal);
      return { type: 'failed', outcome: 'another server alerts now' };
    };
  }

  async #open(configuration: Configuration): Promise<AlertEngine> {
    const { store, environment, ...options } = this.#options;
    const secrets = new RunSecrets({ environment, readFile: readSecretFile });
    const engine = createAlertEngine({
      ...options,
      journal: store.alertJournal,
      send: {
        webhook: this.#sentInTurn(createWebhookSender(options.clock, secrets)),
        smtp: this.#sentInTurn(createSmtpSender(secrets)),
      },
    });
    const { rules, channels, checks } = this.#configuration ?? configuration;
    await engine.configure(rules, channels, checks);
    await engine.hydrate(await store.results.latest({ perCheck: RECENT_RUNS }));
    return engine;
  }
}

function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
