// A store with results of days long gone, for tests of what gets old.

import { openSqliteStore } from '@holdfast/engines/sqlite';
import { silentLogger, systemClock } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';

const EVERY_MS = 600_000;

/** A run of `shop` every ten minutes, as a store file that nobody has open. */
export async function keepOldResults(path: string, firstDay: string, days: number): Promise<void> {
  const store = await openSqliteStore({ path, clock: systemClock, logger: silentLogger });
  const count = (days * 86_400_000) / EVERY_MS;
  const runs = Array.from({ length: count }, (_, index) =>
    runAt(Date.parse(firstDay) + index * EVERY_MS),
  );
  await store.results.append(runs);
  await store.close();
}

function runAt(plannedAtMs: number): ProbeResult {
  return {
    key: { namespace: 'default', check: 'shop', location: 'fra', plannedAtMs, attempt: 0 },
    kind: 'tcp',
    target: 'tcp://127.0.0.1:1',
    agent: 'agent-1',
    startedAtMs: plannedAtMs + 1,
    scheduleLagMs: 1,
    loopLagMs: 0,
    status: 'up',
    totalMs: 2.5,
    phases: [{ name: 'connect', hop: 0, startMs: 0, durationMs: 2.5 }],
    context: {},
    detail: {},
  };
}
