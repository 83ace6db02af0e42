// A leader that is killed, on three nodes of etcd: how long until another one has acted under a term of its
// own, and how long it takes when the leader resigns instead. Three candidates, each a process; who was
// killed comes back as another one.

import { type EtcdCluster, startEtcdCluster } from '@holdfast/engines/testing';
import type { BenchOptions } from '../../bench.ts';
import { Child } from '../../child-process.ts';
import { exactly, figureOf, type Row, rowOf } from '../../report.ts';
import type { CandidateAnswer, CandidateQuestion } from '../candidate-process.ts';
import { machineMs } from '../machine-clock.ts';

const LEASE_MS = 3_000;
const ROUNDS = 5;
const CANDIDATES = 3;
const RESIGNED_MS_MAX = 500;

type CandidateProcess = Child<CandidateQuestion, CandidateAnswer>;

/** Waits for its turn; rejects when it is killed. */
interface Candidate {
  process: CandidateProcess;
  acted: Promise<CandidateAnswer>;
}

export async function benchLeaderFailOver({ quick, progress }: BenchOptions): Promise<Row[]> {
  const cluster = await startEtcdCluster({ nodes: 3 });
  const house = new House(cluster);
  try {
    await house.fill();
    const [killed, resigned]: [number[], number[]] = [[], []];
    for (let round = 0; round < (quick ? 1 : ROUNDS); round += 1) {
      progress(`fail-over: leaders end, round ${round + 1}`);
      killed.push(await house.succession((leader) => leader.kill()));
      resigned.push(await house.succession((leader) => leader.ask({ next: 'resign' })));
    }
    return rowsOf(killed, resigned);
  } finally {
    await house.close();
    await cluster.close();
  }
}

class House {
  readonly #cluster: EtcdCluster;
  #candidates: Candidate[] = [];
  #count = 0;

  constructor(cluster: EtcdCluster) {
    this.#cluster = cluster;
  }

  async fill(): Promise<void> {
    while (this.#candidates.length < CANDIDATES) {
      this.#count += 1;
      const id = `candidate-${this.#count}`;
      const file = import.meta.resolve('../candidate-process.ts');
      const process: CandidateProcess = new Child(file, [id]);
      await process.ask({ campaign: this.#cluster.endpoints, id, leaseMs: LEASE_MS });
      const acted = process.ask({ next: 'act' });
      acted.catch(() => {});
      this.#candidates.push({ process, acted });
    }
  }

  /** Ends the leader's time; ms until the next one has acted. */
  async succession(end: (leader: CandidateProcess) => unknown): Promise<number> {
    const leader = await this.#leader();
    this.#candidates = this.#candidates.filter((one) => one !== leader);
    const endedMs = machineMs();
    await end(leader.process);
    const { atMs } = await Promise.any(this.#candidates.map(({ acted }) => acted));
    await leader.process.close();
    await this.fill();
    return atMs - endedMs;
  }

  async close(): Promise<void> {
    await Promise.all(this.#candidates.map(({ process }) => process.close()));
  }

  #leader(): Promise<Candidate> {
    const leads = async (one: Candidate) => {
      await one.acted;
      return one;
    };
    return Promise.any(this.#candidates.map(leads));
  }
}

function rowsOf(killed: readonly number[], resigned: readonly number[]): Row[] {
  const row = (metric: string, value: number, ours = figureOf(killed)) =>
    rowOf({ metric, unit: 'ms', goal: { of: 'ours', op: '<=', value }, ours });
  const lease = `lease ${LEASE_MS / 1_000} s`;
  return [
    row(`leader killed → next acts, ${lease}, worst`, LEASE_MS + 1_000, worst(killed)),
    row(`leader killed → next acts, ${lease}`, LEASE_MS + 1_000),
    row('leader resigned → next acts', RESIGNED_MS_MAX, figureOf(resigned)),
  ];
}

function worst(values: readonly number[]) {
  return exactly(Math.max(...values));
}
