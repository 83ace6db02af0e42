// A store and candidates, each with a clock and a line of its own: a candidate whose clock stands still
// is a process that was stopped, and one whose line is silent believes that nothing has changed.

import { type Logger, seededChance, silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import {
  type EmbeddedCoordination,
  openEmbeddedCoordination,
} from '../../embedded/open-embedded.ts';
import { FaultyCoordination } from '../../mirror/simulation/faulty-coordination.ts';
import { type Election, startElection } from '../election.ts';
import { LateClock } from './late-clock.ts';

export const ROLE = 'control';
export const LEASE_MS = 10_000;
const TICK_MS = 100;

export interface SimulatedCandidate {
  id: string;
  election: Election;
  line: FaultyCoordination;
  clock: LateClock;
  isStopped: boolean;
}

export class ElectionHouse {
  readonly store: EmbeddedCoordination;
  readonly clock: SimulatedClock;
  readonly candidates: SimulatedCandidate[] = [];

  static async open(seed: number): Promise<ElectionHouse> {
    const clock = new SimulatedClock();
    const parts = { clock, chance: seededChance(seed), logger: silentLogger };
    return new ElectionHouse(clock, await openEmbeddedCoordination(parts));
  }

  private constructor(clock: SimulatedClock, store: EmbeddedCoordination) {
    this.clock = clock;
    this.store = store;
  }

  candidate(id: string, logger: Logger = silentLogger): SimulatedCandidate {
    const clock = new LateClock();
    clock.advance(this.clock.nowMs());
    const chance = seededChance(this.candidates.length);
    const line = new FaultyCoordination(this.store, clock, chance);
    const election = startElection({
      coordination: line,
      role: ROLE,
      candidate: { id, url: `http://${id}.test` },
      leaseMs: LEASE_MS,
      clock,
      chance,
      logger,
    });
    const candidate = { id, election, line, clock, isStopped: false };
    this.candidates.push(candidate);
    return candidate;
  }

  get leaders(): SimulatedCandidate[] {
    return this.candidates.filter(({ election }) => election.leadership !== undefined);
  }

  /** Whoever was stopped and goes on catches up at the next tick. */
  async pass(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= TICK_MS) {
      await this.clock.advanceAsync(Math.min(TICK_MS, leftMs));
      for (const { clock, isStopped } of this.candidates)
        if (!isStopped) await clock.advanceAsync(Math.max(0, this.clock.nowMs() - clock.nowMs()));
    }
  }

  /** How long it takes until it is so. */
  async until(isSo: () => boolean, mostMs: number): Promise<number> {
    const sinceMs = this.clock.nowMs();
    while (!isSo()) {
      if (this.clock.nowMs() - sinceMs > mostMs) throw new Error(`It is not so after ${mostMs} ms`);
      await this.pass(TICK_MS);
    }
    return this.clock.nowMs() - sinceMs;
  }

  async close(): Promise<void> {
    for (const candidate of this.candidates) {
      candidate.isStopped = false;
      candidate.clock.lateMs = 0;
    }
    const closing = this.candidates.map(async ({ election, line }) => {
      await election.close();
      await line.close();
    });
    let isClosed = false;
    const all = Promise.all(closing).then(() => {
      isClosed = true;
    });
    await this.until(() => isClosed, 60_000);
    await all;
    await this.store.close();
  }
}
