// A real etcd cluster of one or three members for a test: quick elections, data in memory where the
// system has such a place, and each member can be killed, stood still and started again by itself.
// What it is told about the cluster it asks etcd's own tool, never the driver that is tested with it.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownLoopbackAddress } from './loopback.ts';
import { ServerProcess } from './server-process.ts';

export interface EtcdNode {
  readonly name: string;
  /** `http://host:port`, or `https` with `tls`. */
  readonly endpoint: string;
  readonly running: boolean;
  /** What it printed last. */
  readonly log: string;
  /** SIGKILL; waits until it is dead. */
  kill(): Promise<void>;
  /** SIGSTOP. */
  stop(): void;
  /** SIGCONT. */
  continue(): void;
  /** Kills it when it runs, starts it on its data, and waits until it serves. */
  restart(): Promise<void>;
}

export interface EtcdCluster {
  readonly endpoints: string[];
  readonly nodes: EtcdNode[];
  /** etcd's own tool against the whole cluster, or the endpoints said; gives what it prints. */
  control(parameters: readonly string[], endpoints?: readonly string[]): Promise<string>;
  leader(): Promise<EtcdNode>;
  /** To another running member, which is returned. */
  moveLeader(): Promise<EtcdNode>;
  compact(revision: bigint): Promise<void>;
  /** Forgets all data and starts anew on the same endpoints: another cluster. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

export interface EtcdClusterOptions {
  nodes?: 1 | 3;
  /** Paths of PEM files; clients must then show a certificate of `ca` when `clientCertificates`. */
  tls?: { ca: string; cert: string; key: string; clientCertificates?: boolean; host?: string };
  /** Longer for tests that load the machine; etcd's least lease is 1.5 times as long, in whole seconds. */
  electionMs?: number;
  flags?: readonly string[];
}

const CLIENT_PORT = 2379;
const PEER_PORT = 3379;
const START_MS_MAX = 20_000;
const MEMORY = '/dev/shm';
const FOLDER = 'holdfast-etcd-';
const run = promisify(execFile);

export async function startEtcdCluster(options: EtcdClusterOptions = {}): Promise<EtcdCluster> {
  const count = options.nodes ?? 1;
  const ports = Array.from({ length: count }, (_, i) => [CLIENT_PORT + i, PEER_PORT + i]).flat();
  const host = options.tls?.host ?? (await ownLoopbackAddress(ports));
  const place = existsSync(MEMORY) ? MEMORY : tmpdir();
  await sweep(place);
  const folder = await mkdtemp(join(place, `${FOLDER}${process.pid}-`));
  const cluster = new Cluster(host, folder, count, options);
  try {
    await cluster.start();
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
}

/** What tests left behind that were killed: it would lie in memory until the machine is started anew. */
async function sweep(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    const pid = name.startsWith(FOLDER)
      ? Number.parseInt(name.slice(FOLDER.length), 10)
      : Number.NaN;
    if (pid > 0 && !isAlive(pid)) await rm(join(place, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

class Cluster implements EtcdCluster {
  readonly nodes: Node[];
  readonly #folder: string;
  readonly #options: EtcdClusterOptions;

  constructor(host: string, folder: string, count: number, options: EtcdClusterOptions) {
    this.#folder = folder;
    this.#options = options;
    const members = Array.from({ length: count }, (_, i) => ({
      name: `n${i + 1}`,
      endpoint: `${options.tls === undefined ? 'http' : 'https'}://${host}:${CLIENT_PORT + i}`,
      peer: `http://${host}:${PEER_PORT + i}`,
    }));
    this.nodes = members.map((member) => {
      const server = new ServerProcess(commandOf(member, members, folder, options));
      return new Node(member.name, member.endpoint, server, (node) => this.#served([node]));
    });
  }

  get endpoints(): string[] {
    return this.nodes.map(({ endpoint }) => endpoint);
  }

  async start(): Promise<void> {
    for (const node of this.nodes) node.server.start();
    await this.#served(this.nodes);
  }

  async control(
    parameters: readonly string[],
    endpoints: readonly string[] = this.nodes.map(({ endpoint }) => endpoint),
  ): Promise<string> {
    const { tls } = this.#options;
    const trust =
      tls === undefined ? [] : [`--cacert=${tls.ca}`, `--cert=${tls.cert}`, `--key=${tls.key}`];
    const { stdout } = await run(
      'etcdctl',
      [`--endpoints=${endpoints.join(',')}`, '--dial-timeout=2s', ...trust, ...parameters],
      { env: { ...process.env, ETCDCTL_API: '3' }, maxBuffer: 64 * 1024 * 1024 },
    );
    return stdout;
  }

  async leader(): Promise<EtcdNode> {
    const { node } = await this.#leader();
    return node;
  }

  async moveLeader(): Promise<EtcdNode> {
    const { node, others } = await this.#leader();
    const [to] = others;
    if (to === undefined) throw new Error('no other member runs');
    await this.control(['move-leader', to.id], [node.endpoint]);
    return to.node;
  }

  async compact(revision: bigint): Promise<void> {
    await this.control(['compact', String(revision)]);
  }

  async wipe(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    await rm(this.#folder, { recursive: true, force: true });
    await this.start();
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Until each of them answers with a quorum behind it. */
  async #served(nodes: readonly Node[]): Promise<void> {
    const deadlineMs = performance.now() + START_MS_MAX;
    while (!(await this.#healthy(nodes))) {
      const dead = nodes.find(({ running }) => !running);
      if (dead !== undefined || performance.now() > deadlineMs)
        throw new Error(`etcd did not start: ${(dead ?? nodes[0])?.log.slice(-2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Asked on the port that clients use, over HTTP/1, where etcd answers the same question. */
  async #healthy(nodes: readonly Node[]): Promise<boolean> {
    if (this.#options.tls !== undefined) return this.#healthyByTool(nodes);
    const answers = await Promise.all(
      nodes.map(({ endpoint }) =>
        fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(2_000) }).then(
          (answer) => answer.text(),
          () => '',
        ),
      ),
    );
    return answers.every((text) => text.includes('"true"'));
  }

  async #healthyByTool(nodes: readonly Node[]): Promise<boolean> {
    const endpoints = nodes.map(({ endpoint }) => endpoint);
    return await this.control(['endpoint', 'health'], endpoints).then(
      () => true,
      () => false,
    );
  }

  async #leader(): Promise<{ node: Node; others: { node: Node; id: string }[] }> {
    const deadlineMs = performance.now() + START_MS_MAX;
    for (;;) {
      const states = await Promise.all(this.nodes.map((node) => this.#state(node)));
      const known = states.filter((state) => state !== undefined);
      const leading = known.find(({ id, leader }) => id === leader);
      if (leading !== undefined)
        return { node: leading.node, others: known.filter((state) => state !== leading) };
      if (performance.now() > deadlineMs) throw new Error('the cluster has no leader');
    }
  }

  async #state(node: Node): Promise<{ node: Node; id: string; leader: string } | undefined> {
    if (!node.running) return undefined;
    try {
      const text = await this.control(
        ['endpoint', 'status', '-w', 'fields', '--command-timeout=1s'],
        [node.endpoint],
      );
      const id = BigInt(/"MemberID" : (\d+)/.exec(text)?.[1] ?? 0).toString(16);
      const leader = BigInt(/"Leader" : (\d+)/.exec(text)?.[1] ?? 0).toString(16);
      return { node, id, leader };
    } catch {
      return undefined;
    }
  }
}

class Node implements EtcdNode {
  readonly name: string;
  readonly endpoint: string;
  readonly server: ServerProcess;
  readonly #served: (node: Node) => Promise<void>;

  constructor(
    name: string,
    endpoint: string,
    server: ServerProcess,
    served: (node: Node) => Promise<void>,
  ) {
    this.name = name;
    this.endpoint = endpoint;
    this.server = server;
    this.#served = served;
  }

  get running(): boolean {
    return this.server.running;
  }

  get log(): string {
    return this.server.log;
  }

  kill(): Promise<void> {
    return this.server.kill();
  }

  stop(): void {
    this.server.stop();
  }

  continue(): void {
    this.server.continue();
  }

  async restart(): Promise<void> {
    await this.server.kill();
    this.server.start();
    await this.#served(this);
  }
}

interface Member {
  name: string;
  endpoint: string;
  peer: string;
}

function commandOf(
  { name, endpoint, peer }: Member,
  members: readonly Member[],
  folder: string,
  { tls, electionMs = 500, flags = [] }: EtcdClusterOptions,
): string[] {
  const trust = tls === undefined ? [] : [`--cert-file=${tls.cert}`, `--key-file=${tls.key}`];
  if (tls?.clientCertificates) trust.push(`--trusted-ca-file=${tls.ca}`, '--client-cert-auth');
  return [
    'etcd',
    `--name=${name}`,
    `--data-dir=${join(folder, name)}`,
    `--listen-client-urls=${endpoint}`,
    `--advertise-client-urls=${endpoint}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=${members.map((member) => `${member.name}=${member.peer}`).join(',')}`,
    `--initial-cluster-token=${folder}`,
    `--heartbeat-interval=${electionMs / 10}`,
    `--election-timeout=${electionMs}`,
    '--pre-vote',
    '--logger=zap',
    '--log-level=error',
    ...trust,
    ...flags,
  ];
}
