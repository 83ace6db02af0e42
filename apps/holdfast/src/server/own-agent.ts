// The agent of a server that runs its checks itself: one process, started with the server and ended
// with it.

import type { Clock, Logger } from '@holdfast/kernel';
import { type AgentLink, startAgent } from '@holdfast/probing/agent-link';
import { pluginAddress } from '@holdfast/probing/plugin';
import type { AgentSummary } from '@holdfast/resources/api';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { Configuration } from '@holdfast/resources/load';
import type { CheckReference, ProbeResult } from '@holdfast/resources/result';
import type { Agents } from './agents.ts';
import { createFirstRuns, type FirstRuns } from './first-runs.ts';

export const OWN_AGENT = 'embedded';

export interface OwnAgentOptions {
  clock: Clock;
  logger: Logger;
  location: string;
  /** The file in force; plugins are named by it. */
  file?: string;
  /** Resolves when the batch is kept. */
  onResults(batch: readonly ProbeResult[]): Promise<void>;
  /** Every second. */
  onSummary(summary: AgentSummary, missedByCheck: Readonly<Record<string, number>>): void;
  hasResult(check: CompiledCheck): boolean;
}

export class OwnAgent implements Agents {
  readonly #options: OwnAgentOptions;
  readonly #link: AgentLink;
  readonly #firstRuns: FirstRuns = createFirstRuns();
  #checks: readonly CompiledCheck[] = [];
  /** Of the assignment that the agent should run; 0 = none yet. */
  #revision = 0;

  constructor(options: OwnAgentOptions) {
    const { clock, logger, location, onResults } = options;
    this.#options = options;
    this.#link = startAgent({
      clock,
      logger,
      id: OWN_AGENT,
      location,
      onResults,
      onStatistics: ({ missedByCheck }) => {
        options.onSummary(this.#link.summary(), missedByCheck);
        this.#askFirstRuns();
      },
    });
  }

  get inForce(): boolean {
    return this.#revision > 0 && this.#link.assignedRevision === this.#revision;
  }

  enforce({ checks, egress, plugins }: Configuration): void {
    this.#revision += 1;
    this.#checks = checks;
    const addresses = plugins.map((one) => pluginAddress(one, this.#options.file));
    this.#link.assign({
      revision: this.#revision,
      checks: [...checks],
      egress,
      plugins: addresses,
    });
  }

  summaries(): AgentSummary[] {
    return [this.#link.summary()];
  }

  runNow(check: CheckReference): boolean {
    if (!this.#link.summary().connected) return false;
    this.#link.runNow(check);
    return true;
  }

  try(check: CompiledCheck): Promise<ProbeResult> {
    return this.#link.try(check);
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  #askFirstRuns(): void {
    if (!this.inForce) return;
    for (const { namespace, name } of this.#firstRuns.due(this.#checks, this.#options.hasResult)) {
      this.#link.runNow({ namespace, check: name });
    }
  }
}
