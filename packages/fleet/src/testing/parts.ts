// What the tests of a fleet share: a store in memory whose time the test owns, and records to put there.

import type { Coordination } from '@holdfast/engines/coordination';
import { type EmbeddedCoordination, openEmbeddedCoordination } from '@holdfast/engines/embedded';
import { type Chance, type Clock, type Logger, seededChance, silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { AgentRecord, ServerRecord } from '@holdfast/resources/fleet';
import type { ProbeResult } from '@holdfast/resources/result';

export interface Stage {
  clock: SimulatedClock;
  chance: Chance;
  logger: Logger;
  store: EmbeddedCoordination;
  /** One process's hold on the store; closed without a word it dies like the process. */
  client(): Coordination;
}

export async function openStage(seed = 1): Promise<Stage> {
  const parts = { clock: new SimulatedClock(), chance: seededChance(seed), logger: silentLogger };
  const store = await openEmbeddedCoordination(parts);
  return { ...parts, store, client: () => store.client() };
}

/** Passes simulated time until it holds; throws when it does not within `limitMs`. */
export async function passUntil(
  clock: SimulatedClock,
  holds: () => boolean,
  limitMs = 60_000,
): Promise<void> {
  for (const endMs = clock.nowMs() + limitMs; !holds(); await clock.advanceAsync(20))
    if (clock.nowMs() >= endMs) throw new Error(`It did not hold within ${limitMs} ms`);
}

/** As `passUntil`, for a promise. */
export async function passWhile<T>(clock: SimulatedClock, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  done.catch(() => {});
  await passUntil(clock, () => isDone);
  return done;
}

export function agentRecord(id: string, location: string): AgentRecord {
  return { id, location, version: '1.0.0', startedAtMs: 1_767_225_600_000 };
}

export function serverRecord(
  id: string,
  engines: Partial<ServerRecord['engines']> = {},
): ServerRecord {
  return {
    id,
    url: `http://${id}.example:7070`,
    version: '1.0.0',
    startedAtMs: 1_767_225_600_000,
    engines: {
      coordination: 'etcd://a:2379',
      events: 'redis://a:6379',
      results: 'postgres://a/holdfast',
      ...engines,
    },
  };
}

export function sampleResult(number: number, clock?: Clock): ProbeResult {
  const plannedAtMs = clock?.wallMs() ?? 1_767_225_600_000 + number * 1_000;
  return {
    key: {
      namespace: 'default',
      check: `check-${number}`,
      location: 'fra',
      plannedAtMs,
      attempt: 0,
    },
    kind: 'tcp',
    target: 'tcp://shop.example:443',
    agent: 'fra-1',
    startedAtMs: plannedAtMs,
    scheduleLagMs: 0,
    loopLagMs: 0,
    status: 'up',
    totalMs: 12.5,
    phases: [{ name: 'connect', hop: 0, startMs: 0, durationMs: 12.5 }],
    context: {},
    detail: {},
  };
}
