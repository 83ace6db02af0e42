// A whole fleet of real processes for the bench: two servers over three nodes of etcd, Redis and PostgreSQL,
// three agents at one place, and checks of one target that counts.

import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EtcdCluster,
  ownLoopbackAddress,
  type PostgresServer,
  type RedisServer,
  startEtcdCluster,
  startPostgres,
  startRedis,
} from '@holdfast/engines/testing';
import type { FleetOverview } from '@holdfast/resources/api';
import { type CountedTarget, startCountedTarget } from './counted-target.ts';
import { HoldfastProcess } from './holdfast-process.ts';

export const FLEET_CHECKS = 60;
export const FLEET_INTERVAL_MS = 1_000;
/** The default of servers and agents. */
export const FLEET_LEASE_MS = 10_000;
const AGENTS = ['fra-1', 'fra-2', 'fra-3'];
const SERVERS = ['one', 'two'];
const PORT = 7_070;
const READY_MS_MAX = 60_000;
const LOOK_MS = 20;

interface FleetServer {
  url: string;
  process: HoldfastProcess;
}

export class BenchFleet {
  readonly target: CountedTarget;
  readonly postgres: PostgresServer;
  readonly servers = new Map<string, FleetServer>();
  readonly agents = new Map<string, HoldfastProcess>();
  readonly #engines: { close(): Promise<void> }[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));

  private constructor(engines: [EtcdCluster, RedisServer, PostgresServer], target: CountedTarget) {
    this.#engines = engines;
    this.target = target;
    this.postgres = engines[2];
  }

  /** Resolves once every check runs. */
  static async start(progress: (text: string) => void): Promise<BenchFleet> {
    progress('fail-over: a fleet begins');
    const etcd = await startEtcdCluster({ nodes: 3 });
    const redis = await startRedis();
    const postgres = await startPostgres();
    const fleet = new BenchFleet([etcd, redis, postgres], await startCountedTarget());
    try {
      const coordination = etcd.endpoints.map((url) => url.replace('http:', 'etcd:')).join(',');
      await fleet.#startServers([
        ...['--coordination', coordination, '--events', redis.url],
        ...['--results', postgres.url],
      ]);
      await fleet.#startAgents();
      await fleet.#apply();
      await until('every check runs', () => fleet.#allRun());
      return fleet;
    } catch (error) {
      await fleet.close();
      throw error;
    }
  }

  /** As one of the servers sees it that runs. */
  async overview(): Promise<FleetOverview> {
    const answering = [...this.servers.values()].find(({ process }) => process.running);
    if (answering === undefined) throw new Error('No server runs.');
    const answer = await fetch(`${answering.url}/api/v1/fleet`);
    if (!answer.ok) throw new Error(`${answering.url}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as FleetOverview;
  }

  /** The agents hand in what they measured, and end. */
  async stopAgents(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.stop()));
  }

  async close(): Promise<void> {
    await this.stopAgents();
    await Promise.all([...this.servers.values()].map(({ process }) => process.stop()));
    this.target.close();
    await Promise.all(this.#engines.map((engine) => engine.close()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #startServers(engines: readonly string[]): Promise<void> {
    for (const id of SERVERS) {
      const listen = `${await ownLoopbackAddress([PORT])}:${PORT}`;
      const words = ['server', '--id', id, '--listen', listen, '--data', join(this.#folder, id)];
      const process = new HoldfastProcess([...words, ...engines]);
      const url = `http://${listen}`;
      this.servers.set(id, { url, process });
      await until(`server ${id} is ready`, async () => {
        process.demandRunning();
        return await fetch(`${url}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        );
      });
    }
  }

  async #startAgents(): Promise<void> {
    const servers = [...this.servers.values()].flatMap(({ url }) => ['--server', url]);
    for (const id of AGENTS) {
      const words = ['agent', '--id', id, '--location', 'fra', '--data', join(this.#folder, id)];
      this.agents.set(id, new HoldfastProcess([...words, ...servers]));
    }
    await until('the agents are there', async () => {
      for (const agent of this.agents.values()) agent.demandRunning();
      return (await this.overview()).agents.length === AGENTS.length;
    });
  }

  async #apply(): Promise<void> {
    const path = join(this.#folder, 'checks.yaml');
    const interval = `${FLEET_INTERVAL_MS / 1_000}s`;
    const checks = Array.from(
      { length: FLEET_CHECKS },
      (_, at) =>
        `  - {name: check-${at}, target: "${this.target.url}/check-${at}", interval: ${interval}, timeout: ${interval}}\n`,
    );
    await writeFile(path, `limits: {interval: {min: ${interval}}}\nchecks:\n${checks.join('')}`);
    const [server] = this.servers.values();
    await new HoldfastProcess(['apply', '-f', path, '--server', server?.url ?? '']).demandSuccess();
  }

  #allRun(): boolean {
    return new Set(this.target.requests.map(({ check }) => check)).size === FLEET_CHECKS;
  }
}

export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = READY_MS_MAX,
): Promise<void> {
  const beganMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - beganMs > limitMs)
      throw new Error(`It is still not so after ${limitMs} ms: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
