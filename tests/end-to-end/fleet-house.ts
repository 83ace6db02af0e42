// A whole fleet for a test: three etcd nodes, Redis, PostgreSQL, two servers and three agents, two of
// them at one place, a target that they measure and a pager. All of it real, each process one that may
// be killed, all gone when it is closed.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type EtcdCluster,
  ownLoopbackAddress,
  type PostgresServer,
  type RedisServer,
  startEtcdCluster,
  startPostgres,
  startRedis,
} from '@holdfast/engines/testing';
import type { FleetOverview, Overview } from '@holdfast/resources/api';
import { CHECKS, checksFile, PLACES } from './fleet-checks.ts';
import { FleetProcess } from './fleet-process.ts';
import { byPlace, runsSince } from './fleet-record.ts';
import { type Ended, holdfast, temporaryFolder, until } from './holdfast-process.ts';
import { type SwitchableTarget, startTarget } from './switchable-target.ts';

/** Short, so that deaths are noticed within a test. */
export const LEASE_MS = 3_000;
export const OPERATOR = 'the-operators-token';
const PORT = 7070;
/** Each question starts a process. */
const SQL_POLL_MS = 200;
const run = promisify(execFile);

export interface ServerOfFleet {
  process: FleetProcess;
  id: string;
  url: string;
}

/** Two of them at one place. */
const LOCATIONS = ['fra', 'fra', 'nyc'] as const;

interface Surroundings {
  etcd: EtcdCluster;
  redis: RedisServer;
  postgres: PostgresServer;
  target: SwitchableTarget;
  pager: SwitchableTarget;
  /** Of the servers. */
  host: string;
}

export class FleetHouse {
  readonly etcd: EtcdCluster;
  readonly redis: RedisServer;
  readonly postgres: PostgresServer;
  readonly target: SwitchableTarget;
  readonly pager: SwitchableTarget;
  readonly servers: readonly ServerOfFleet[];
  readonly agents: readonly FleetProcess[];
  readonly folder = temporaryFolder();

  static async open(): Promise<FleetHouse> {
    const [etcd, redis, postgres, host, target, pager] = await Promise.all([
      startEtcdCluster({ nodes: 3 }),
      startRedis({ appendOnly: true }),
      startPostgres(),
      ownLoopbackAddress([PORT, PORT + 1]),
      startTarget(),
      startTarget(),
    ]);
    const house = new FleetHouse({ etcd, redis, postgres, host, target, pager });
    try {
      await Promise.all(house.servers.map((server) => server.process.start()));
      await Promise.all(house.agents.map((agent) => agent.start()));
    } catch (error) {
      await house.close();
      throw error;
    }
    return house;
  }

  private constructor({ host, ...parts }: Surroundings) {
    this.etcd = parts.etcd;
    this.redis = parts.redis;
    this.postgres = parts.postgres;
    this.target = parts.target;
    this.pager = parts.pager;
    this.servers = ['s1', 's2'].map((id, index) => ({
      id,
      url: `http://${host}:${PORT + index}`,
      process: this.serverProcess(id, `${host}:${PORT + index}`),
    }));
    this.agents = LOCATIONS.map((location, index) => this.agentProcess(`a${index + 1}`, location));
  }

  get urls(): string[] {
    return this.servers.map(({ url }) => url);
  }

  serverProcess(id: string, listen: string, engines = this.engines()): FleetProcess {
    const words = ['server', '--id', id, '--listen', listen, '--lease', `${LEASE_MS}ms`];
    const data = ['--data', join(this.folder.path, id)];
    return new FleetProcess(id, [...words, ...data, ...engines], { HOLDFAST_TOKEN: OPERATOR });
  }

  agentProcess(id: string, location: string, token = OPERATOR): FleetProcess {
    const words = ['agent', '--id', id, '--location', location, '--lease', `${LEASE_MS}ms`];
    const servers = this.urls.flatMap((url) => ['--server', url]);
    const data = ['--data', join(this.folder.path, id)];
    const environment = { HOLDFAST_TOKEN: token, HOLDFAST_TEST_AGENT: id };
    return new FleetProcess(id, [...words, ...servers, ...data], environment);
  }

  engines(): string[] {
    const endpoints = this.etcd.endpoints.map((url) => url.replace('http:', 'etcd:'));
    return [
      ...['--coordination', endpoints.join(',')],
      ...['--events', this.redis.url],
      ...['--results', this.postgres.url],
    ];
  }

  /** A command of a user, against the servers of the fleet. */
  command(words: string[], token = OPERATOR): Promise<Ended> {
    const environment = { HOLDFAST_TOKEN: token, HOLDFAST_SERVER: this.urls.join(',') };
    return holdfast(words, { environment });
  }

  apply(text: string, token?: string): Promise<Ended> {
    const file = join(this.folder.path, `${randomUUID()}.yaml`);
    writeFileSync(file, text);
    return this.command(['apply', '-f', file], token);
  }

  /** Resolves once all of them were measured and are up. */
  async applyChecks(): Promise<void> {
    const { code, error } = await this.apply(checksFile(this.target.url, this.pager.url));
    if (code !== 0) throw new Error(error);
    for (const server of this.servers)
      await until(async () => {
        const { counts } = await this.ask<Overview>('overview', server);
        return counts.up === CHECKS || undefined;
      });
  }

  async ask<T>(path: string, server = this.servers[0], token = OPERATOR): Promise<T> {
    const answer = await fetch(`${server?.url}/api/v1/${path}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(5_000),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Rows as PostgreSQL's own tool prints them, a text for each column. */
  async sql(question: string): Promise<string[][]> {
    const { stdout } = await run('psql', [this.postgres.url, '-XAtqF', '\t', '-c', question], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t'));
  }

  besides(server: ServerOfFleet): ServerOfFleet {
    return this.servers.find((one) => one !== server) as ServerOfFleet;
  }

  locationOf(agent: string): string {
    return LOCATIONS[this.agents.findIndex(({ id }) => id === agent)] ?? '';
  }

  async leader(): Promise<ServerOfFleet> {
    return until(async () => {
      const { leader } = await this.ask<FleetOverview>('fleet');
      return this.servers.find(({ id }) => id === leader?.id);
    });
  }

  async leads(server: ServerOfFleet): Promise<void> {
    await until(async () => {
      const { leader } = await this.ask<FleetOverview>('fleet', server);
      return leader?.id === server.id || undefined;
    });
  }

  /** All that was planned until then at any place is in the store. */
  async stored(untilMs: number): Promise<void> {
    await until(async () => byPlace(await runsSince(this, untilMs)).size === PLACES || undefined, {
      pollMs: SQL_POLL_MS,
    });
  }

  /** The last runs of these were an agent's. */
  async runAt(places: readonly string[], agent: string | undefined): Promise<void> {
    await until(
      async () => {
        const runs = byPlace(await runsSince(this, Date.now() - 2 * LEASE_MS));
        return places.every((place) => runs.get(place)?.at(-1)?.agent === agent) || undefined;
      },
      { pollMs: SQL_POLL_MS },
    );
  }

  async close(): Promise<void> {
    const processes = [...this.agents, ...this.servers.map((server) => server.process)];
    await Promise.all(processes.map((one) => one.kill()));
    if (process.env.HOLDFAST_TEST_SHOW_LOGS !== undefined)
      for (const { id, said } of processes) console.log(`--- ${id}\n${said}`);
    const engines = [this.etcd, this.redis, this.postgres, this.target, this.pager];
    await Promise.all(engines.map((one) => one.close()));
    this.folder.remove();
  }
}
