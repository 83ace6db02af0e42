// How the agents are that speak to this server, as they told it last. A report that is old is not
// shown as present: the agent speaks to another server, or to none.

import type { AgentReport } from '@holdfast/fleet/uplink';
import type { Clock } from '@holdfast/kernel';
import type { AgentSummary } from '@holdfast/resources/api';

/** Three reports missed. */
const FRESH_MS = 35_000;
const AGENTS_MAX = 10_000;

interface Heard {
  report: AgentReport;
  atMs: number;
}

export class AgentReports {
  readonly #clock: Clock;
  readonly #heard = new Map<string, Heard>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(agent: string, report: AgentReport): void {
    if (!this.#heard.has(agent) && this.#heard.size >= AGENTS_MAX) return;
    this.#heard.set(agent, { report, atMs: this.#clock.nowMs() });
  }

  of(agent: string): AgentReport | undefined {
    const heard = this.#heard.get(agent);
    return heard && this.#clock.nowMs() - heard.atMs < FRESH_MS ? heard.report : undefined;
  }

  summaries(): AgentSummary[] {
    return [...this.#heard.keys()].sort().flatMap((agent) => this.of(agent)?.summary ?? []);
  }

  forget(isLive: (agent: string) => boolean): void {
    for (const agent of this.#heard.keys()) if (!isLive(agent)) this.#heard.delete(agent);
  }
}
