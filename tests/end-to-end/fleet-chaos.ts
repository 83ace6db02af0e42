// Deaths at random moments, by a seed that the test prints: processes and nodes of engines, one after
// another, each brought back. It tells which agents died when, for those alone may leave gaps.

import { setTimeout as pause } from 'node:timers/promises';
import { seededChance } from '@holdfast/kernel';
import { type FleetHouse, LEASE_MS } from './fleet-house.ts';

export interface AgentDeath {
  location: string;
  atMs: number;
  /** Until it was there again. */
  overMs: number;
}

const PAUSE_MS_MAX = 4_000;

/** Ends when all are back. `HOLDFAST_TEST_SEED` repeats one. */
export async function chaos(house: FleetHouse, forMs: number): Promise<AgentDeath[]> {
  const seed = Number(process.env.HOLDFAST_TEST_SEED ?? Date.now() % 1_000_000);
  console.log(`chaos with HOLDFAST_TEST_SEED=${seed}`);
  const chance = seededChance(seed);
  const one = <T>(items: readonly T[]) => items[chance.integer(items.length)] as T;
  const deaths: AgentDeath[] = [];
  const blows: (() => Promise<void>)[] = [
    async () => {
      const agent = one(house.agents);
      const atMs = Date.now();
      await agent.kill();
      await agent.start();
      deaths.push({ location: house.locationOf(agent.id), atMs, overMs: Date.now() });
    },
    async () => {
      const { process } = one(house.servers);
      await process.kill();
      await process.start();
    },
    async () => {
      const { process } = one(house.servers);
      process.standStill();
      await pause(chance.integer(2 * LEASE_MS));
      process.goOn();
    },
    async () => {
      const node = one(house.etcd.nodes);
      await node.kill();
      await pause(chance.integer(LEASE_MS));
      await node.restart();
    },
    async () => {
      const node = one(house.etcd.nodes);
      node.stop();
      await pause(chance.integer(2 * LEASE_MS));
      node.continue();
    },
    async () => void (await house.etcd.moveLeader().catch(() => {})),
    () => house.redis.restart(),
    () => house.postgres.restart(),
  ];
  for (const untilMs = Date.now() + forMs; Date.now() < untilMs; ) {
    await one(blows)();
    await pause(chance.integer(PAUSE_MS_MAX));
  }
  return deaths;
}
