// A real agent process behind a real link, with everything it hands in kept for the test to look at.

import { silentLogger, sleep, systemClock } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { ProbeResult } from '@holdfast/resources/result';
import { type AgentLink, type AgentStatistics, startAgent } from '../link.ts';

const POLL_MS = 20;
const WAIT_MS_MAX = 20_000;

export interface LinkedAgent {
  link: AgentLink;
  results: ProbeResult[];
  statistics: AgentStatistics[];
  /** Process ids, one for each start. */
  pids: number[];
  assign(revision: number, checks: CompiledCheck[]): void;
}

/** Restarts without a pause. */
export function linkedAgent(): LinkedAgent {
  const results: ProbeResult[] = [];
  const statistics: AgentStatistics[] = [];
  const pids: number[] = [];
  const link = startAgent({
    clock: systemClock,
    logger: silentLogger,
    chance: { next: () => 0, integer: () => 0 },
    id: 'agent-1',
    location: 'here',
    onResults: async (batch) => void results.push(...batch),
    onStatistics: (seen) => statistics.push(seen),
    onReady: (pid) => pids.push(pid),
  });
  const assign = (revision: number, checks: CompiledCheck[]) =>
    link.assign({ revision, checks, egress: { deny: [], allow: [] } });
  return { link, results, statistics, pids, assign };
}

export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadlineMs = systemClock.nowMs() + WAIT_MS_MAX;
  while (!holds()) {
    if (systemClock.nowMs() > deadlineMs) throw new Error(`Waited in vain until ${what}`);
    await sleep(systemClock, POLL_MS);
  }
}
