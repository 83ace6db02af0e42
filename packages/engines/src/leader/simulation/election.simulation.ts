// Elections in a world where processes stand still and go on, lines are refused, silent or slow, and
// somebody resigns now and then. Whoever believes that he leads acts at every chance. What the store
// has taken must never come from an older term than what it took before, and quiet brings one leader.

import { type Chance, seededChance } from '@holdfast/kernel';
import type { Transaction } from '../../coordination/coordination.ts';
import { NotLeaderError } from '../election.ts';
import { ElectionHouse, LEASE_MS } from './election-house.ts';

const CANDIDATES = 4;
const STEPS = 40;
const BOOK = '/book';

export interface ElectionSimulation {
  seed: number;
  terms: number;
  acts: number;
  refusals: number;
}

/** Throws, with the seed in its message, when a promise of elections is broken. */
export async function simulateElection(seed: number): Promise<ElectionSimulation> {
  const house = await ElectionHouse.open(seed);
  const world = new ElectionWorld(house, seededChance(seed));
  try {
    for (let i = 0; i < CANDIDATES; i += 1) house.candidate(`candidate-${i}`);
    for (let step = 0; step < STEPS; step += 1) await world.step();
    await world.quiet();
    return { seed, ...world.told };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`Seed ${seed}: ${what}`, { cause: error });
  } finally {
    await house.close();
  }
}

class ElectionWorld {
  readonly told = { terms: 0, acts: 0, refusals: 0 };
  readonly #house: ElectionHouse;
  readonly #chance: Chance;
  #lastTerm = 0n;
  #fault: string | undefined;

  constructor(house: ElectionHouse, chance: Chance) {
    this.#house = house;
    this.#chance = chance;
  }

  async step(): Promise<void> {
    const candidate = this.#house.candidates[this.#chance.integer(CANDIDATES)];
    if (candidate === undefined) return;
    const { line } = candidate;
    const happenings = [
      () => {
        candidate.isStopped = !candidate.isStopped;
      },
      () => {
        line.line = 'refused';
        line.breakStreams();
      },
      () => {
        line.line = 'silent';
        line.silenceStreams();
      },
      () => line.silenceStreams(),
      () => line.breakStreams(),
      () => {
        line.line = 'well';
        line.latencyMs = this.#chance.integer(400);
      },
    ];
    happenings[this.#chance.integer(happenings.length)]?.();
    this.#everybodyActs();
    await this.#house.pass(this.#chance.integer(4) * this.#chance.integer(4_000));
    if (this.#fault !== undefined) throw new Error(this.#fault);
  }

  async quiet(): Promise<void> {
    for (const candidate of this.#house.candidates) {
      candidate.isStopped = false;
      candidate.line.line = 'well';
      candidate.line.latencyMs = 0;
    }
    await this.#house.pass(3 * LEASE_MS);
    const { leaders, candidates } = this.#house;
    if (leaders.length !== 1) throw new Error(`${leaders.length} lead after quiet`);
    const term = leaders[0]?.election.leadership?.term;
    const isKnown = candidates.every(({ election }) => election.leader?.term === term);
    if (!isKnown) throw new Error('not everybody knows the leader after quiet');
    if (this.#fault !== undefined) throw new Error(this.#fault);
  }

  /** Also those who stand still: a request may have been under way. */
  #everybodyActs(): void {
    for (const { election } of this.#house.candidates) {
      const { leadership } = election;
      if (leadership !== undefined) this.#act(leadership).catch(() => {});
    }
  }

  async #act({ term, guard }: { term: bigint; guard: Guarded }): Promise<void> {
    const write: Transaction = {
      if: [],
      then: [{ type: 'put', key: BOOK, value: Buffer.from(String(term)) }],
    };
    try {
      const { revision } = await guard.txn(write);
      await this.#check(revision, term);
    } catch (error) {
      if (error instanceof NotLeaderError) this.told.refusals += 1;
    }
  }

  /** In the order of the store: what stood in the book before this write was of no later term. */
  async #check(revision: bigint, term: bigint): Promise<void> {
    this.told.acts += 1;
    const before = await this.#house.store.list(BOOK, { at: revision - 1n });
    const older = BigInt(Buffer.from(before.entries[0]?.value ?? []).toString() || '0');
    if (older > term) this.#fault = `term ${term} wrote after term ${older}`;
    if (term > this.#lastTerm) {
      this.#lastTerm = term;
      this.told.terms += 1;
    }
  }
}

interface Guarded {
  txn(transaction: Transaction): Promise<{ revision: bigint }>;
}
