// How the agents are that speak to this server, as they told it last. A report that is old is not
// shown as present: the agent speaks to another server, or to none.

import type { AgentReport } from '@holdfast/fleet/uplink';
import type { Clock, Timer } from '@holdfast/kernel';
import type { AgentSummary } from '@holdfast/resources/api';

/** Three reports missed. */
const FRESH_MS = 35_000;
const AGENTS_MAX = 10_000;
/** Of those that pages get with everything else; the fleet page asks for all. */
const SUMMARIES_MAX = 100;
/** Thousands of agents report in their own time; pages are told together. */
const TELL_MS = 2_000;

interface Heard {
  report: AgentReport;
  atMs: number;
}

export class AgentReports {
  readonly #clock: Clock;
  readonly #onNews: (summaries: AgentSummary[]) => void;
  readonly #heard = new Map<string, Heard>();
  #timer: Timer | undefined;

  /** `onNews` is called at most every two seconds. */
  constructor(clock: Clock, onNews: (summaries: AgentSummary[]) => void) {
    this.#clock = clock;
    this.#onNews = onNews;
  }

  take(agent: string, report: AgentReport): void {
    if (!this.#heard.has(agent) && this.#heard.size >= AGENTS_MAX) return;
    this.#heard.set(agent, { report, atMs: this.#clock.nowMs() });
    this.tellSoon();
  }

  tellSoon(): void {
    this.#timer ??= this.#clock.after(TELL_MS, () => {
      this.#timer = undefined;
      this.#onNews(this.summaries());
    });
  }

  of(agent: string): AgentReport | undefined {
    const heard = this.#heard.get(agent);
    return heard && this.#clock.nowMs() - heard.atMs < FRESH_MS ? heard.report : undefined;
  }

  /** By id, the first hundred. */
  summaries(): AgentSummary[] {
    const agents = [...this.#heard.keys()].sort();
    return agents.flatMap((agent) => this.of(agent)?.summary ?? []).slice(0, SUMMARIES_MAX);
  }

  forget(isLive: (agent: string) => boolean): void {
    for (const agent of this.#heard.keys()) if (!isLive(agent)) this.#heard.delete(agent);
  }

  close(): void {
    this.#timer?.cancel();
  }
}
