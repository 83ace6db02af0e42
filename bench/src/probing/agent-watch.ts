// A real agent process under a given load: what it was assigned, how late its runs began, how they
// ended, and how much memory it holds. The link is the server's own, so results cross to us as they do
// in production.

import { silentLogger, systemClock } from '@holdfast/kernel';
import { startAgent } from '@holdfast/probing/agent-link';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import { DENIED } from './contenders/holdfast.ts';

export interface Watched {
  /** How long after its plan each run began, in ms. */
  lagsMs: number[];
  /** Runs by status. */
  statuses: Record<string, number>;
  /** The first that was not up, in words. */
  failure?: string;
  missed: number;
  residentMegabytes: number;
}

export interface AgentWatch {
  /** Forgets what was seen so far. */
  begin(): void;
  seen(): Watched;
  close(): Promise<void>;
}

const READY_MS_MAX = 20_000;
const LOOK_MS = 50;

/** Resolves once the assignment is in force. */
export async function watchAgent(checks: CompiledCheck[]): Promise<AgentWatch> {
  let watched = nothing();
  let residentBytes = 0;
  let missed = 0;
  let missedBefore = 0;
  const link = startAgent({
    clock: systemClock,
    logger: silentLogger,
    id: 'bench',
    location: 'here',
    onResults: async (results) => {
      for (const { scheduleLagMs, status, fault } of results) {
        watched.lagsMs.push(scheduleLagMs);
        watched.statuses[status] = (watched.statuses[status] ?? 0) + 1;
        if (fault !== undefined) watched.failure ??= `${status}: ${fault.message}`;
      }
    },
    onStatistics: (statistics) => {
      residentBytes = statistics.residentBytes;
      missed = statistics.missed;
    },
  });
  link.assign({ revision: 1, checks, egress: { deny: DENIED, allow: [] } });
  await untilAssigned(() => link.assignedRevision === 1);
  return {
    begin() {
      watched = nothing();
      missedBefore = missed;
    },
    seen: () => ({
      ...watched,
      missed: missed - missedBefore,
      residentMegabytes: residentBytes / 1e6,
    }),
    close: () => link.close(),
  };
}

function nothing(): Omit<Watched, 'missed' | 'residentMegabytes'> {
  return { lagsMs: [], statuses: {} };
}

async function untilAssigned(holds: () => boolean): Promise<void> {
  const startMs = performance.now();
  while (!holds()) {
    if (performance.now() - startMs > READY_MS_MAX) throw new Error('The agent did not start.');
    await passes(LOOK_MS);
  }
}

export function passes(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
