// Who is in the fleet, what is assigned and what is in force, as the store says it now. Everybody
// reads the same; who is here is who holds a lease, nothing else. It must never show an old view as
// a live one: `stale` says since when the store has been silent.

import type { Coordination } from '@holdfast/engines/coordination';
import { KEYS } from '@holdfast/engines/keys';
import { type Mirror, openMirror, type Snapshot } from '@holdfast/engines/mirror';
import type { Chance, Clock, Logger } from '@holdfast/kernel';
import type {
  AgentRecord,
  AppliedRecord,
  AssignmentRecord,
  ServerRecord,
} from '@holdfast/resources/fleet';
import { decodeAgent, decodeApplied, decodeAssignment, decodeServer } from './record.ts';

export interface FollowOptions {
  coordination: Coordination;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

export interface FleetView {
  /** Once all of it was read; rejects with COORDINATION_FAILED when closed before. */
  readonly ready: Promise<void>;
  /** Each ascending by key. */
  servers(): ServerRecord[];
  agents(): AgentRecord[];
  assignments(): AssignmentRecord[];
  /** Of this agent, with the revision that wrote it. */
  assignment(agent: string): { record: AssignmentRecord; modRevision: bigint } | undefined;
  applied(): AppliedRecord[];
  /** Told after each change of who is there or what is assigned. Returns how to stop listening. */
  subscribe(listener: () => void): () => void;
  /** Of `Clock.nowMs`: since when a part of it may be old; absent while all is live. */
  readonly staleSinceMs: number | undefined;
  close(): Promise<void>;
}

export function followFleet(options: FollowOptions): FleetView {
  const listeners = new Set<() => void>();
  const onChange = () => {
    for (const listener of [...listeners]) listener();
  };
  const parts = { ...options, onChange };
  const servers = openMirror({ ...parts, prefix: KEYS.servers, decode: decodeServer });
  const agents = openMirror({ ...parts, prefix: KEYS.agents, decode: decodeAgent });
  const assignments = openMirror({ ...parts, prefix: KEYS.assignments, decode: decodeAssignment });
  const applied = openMirror({ ...options, prefix: KEYS.applied, decode: decodeApplied });
  const all: Mirror<unknown>[] = [servers, agents, assignments, applied];
  const ready = Promise.all(all.map((one) => one.ready)).then(() => {});
  // Nobody has to wait for it.
  ready.catch(() => {});
  return {
    ready,
    servers: () => valuesOf(servers.current),
    agents: () => valuesOf(agents.current),
    assignments: () => valuesOf(assignments.current),
    assignment: (agent) => {
      const item = assignments.current?.get(KEYS.assignment(agent));
      return item && { record: item.value, modRevision: item.modRevision };
    },
    applied: () => valuesOf(applied.current),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    get staleSinceMs() {
      const stale = all.map((one) => one.status()).filter(({ state }) => state !== 'live');
      return stale.length === 0 ? undefined : Math.min(...stale.map(({ sinceMs }) => sinceMs));
    },
    close: async () => {
      await Promise.all(all.map((one) => one.close()));
    },
  };
}

function valuesOf<T>(snapshot: Snapshot<T> | undefined): T[] {
  return [...(snapshot ?? [])].map(({ value }) => value);
}
