// A whole fleet for a test: three etcd nodes, Redis, PostgreSQL, two servers and three agents, two of
// them at one place. All of it real, each process one that may be killed, all gone when it is closed.

import { execFile } from 'node:child_process';
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
import { FleetProcess } from './fleet-process.ts';
import { type Ended, holdfast, temporaryFolder, until } from './holdfast-process.ts';

/** Short, so that deaths are noticed within a test. */
export const LEASE_MS = 3_000;
export const OPERATOR = 'the-operators-token';
const PORT = 7070;
const run = promisify(execFile);

export interface ServerOfFleet {
  process: FleetProcess;
  id: string;
  url: string;
}

export class FleetHouse {
  readonly etcd: EtcdCluster;
  readonly redis: RedisServer;
  readonly postgres: PostgresServer;
  readonly servers: readonly ServerOfFleet[];
  readonly agents: readonly FleetProcess[];
  readonly folder = temporaryFolder();

  static async open(): Promise<FleetHouse> {
    const engines = await Promise.all([
      startEtcdCluster({ nodes: 3 }),
      startRedis({ appendOnly: true }),
      startPostgres(),
      ownLoopbackAddress([PORT, PORT + 1]),
    ]);
    const house = new FleetHouse(...engines);
    try {
      // The first of them makes the schema; that two may do so at once is shown elsewhere.
      await Promise.all(house.servers.map((server) => server.process.start()));
      await Promise.all(house.agents.map((agent) => agent.start()));
    } catch (error) {
      await house.close();
      throw error;
    }
    return house;
  }

  private constructor(
    etcd: EtcdCluster,
    redis: RedisServer,
    postgres: PostgresServer,
    host: string,
  ) {
    this.etcd = etcd;
    this.redis = redis;
    this.postgres = postgres;
    this.servers = ['s1', 's2'].map((id, index) => ({
      id,
      url: `http://${host}:${PORT + index}`,
      process: this.serverProcess(id, `${host}:${PORT + index}`),
    }));
    this.agents = ['fra', 'fra', 'nyc'].map((location, index) =>
      this.agentProcess(`a${index + 1}`, location),
    );
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
    return new FleetProcess(id, [...words, ...servers, ...data], { HOLDFAST_TOKEN: token });
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

  async ask<T>(path: string, server = this.servers[0], token = OPERATOR): Promise<T> {
    const answer = await fetch(`${server?.url}/api/v1/${path}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(5_000),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Rows of PostgreSQL's own tool, a text for each column. */
  async sql(question: string): Promise<string[][]> {
    const { stdout } = await run('psql', [this.postgres.url, '-XAtqF', '\t', '-c', question], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t'));
  }

  async leader(): Promise<ServerOfFleet> {
    return until(async () => {
      for (const server of this.servers) {
        const { leader } = await this.ask<{ leader?: { id: string } }>('fleet', server).catch(
          () => ({ leader: undefined }),
        );
        const found = this.servers.find(({ id }) => id === leader?.id);
        if (found?.process.running) return found;
      }
      return undefined;
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.agents, ...this.servers.map((one) => one.process)].map((one) => one.kill()));
    await Promise.all([this.etcd.close(), this.redis.close(), this.postgres.close()]);
    this.folder.remove();
  }
}
