// Rounds of several clients in turn, A B then B A, each in its own process: whatever else the machine does
// falls on all alike. Clients run for months, so only compiled code is judged: each warms up for an operation
// before the first round of it.

import { Child } from '../child-process.ts';
import { type Figure, figureOf } from '../report.ts';
import type { ClientKind } from './coordination-client.ts';
import type { ClientQuestion, WatchAnswer, WatchQuestion } from './coordination-process.ts';
import type { LoadAnswer, LoadQuestion, Operation } from './load.ts';

export type Loaded = Record<keyof LoadAnswer, Figure>;
export type Lagged = Record<keyof WatchAnswer, Figure>;

export interface Effort {
  rounds: number;
  /** Of one round under load. */
  roundMs: number;
  /** Of one round of puts that a watch tells of. */
  puts: number;
  /** Of each operation, or as many as are done in `warmUpMsMax`. */
  warmUps: number;
  warmUpMsMax: number;
}

export const EFFORT: Effort = {
  rounds: 3,
  roundMs: 600,
  puts: 300,
  warmUps: 10_000,
  warmUpMsMax: 2_000,
};
export const QUICK_EFFORT: Effort = {
  rounds: 2,
  roundMs: 150,
  puts: 20,
  warmUps: 200,
  warmUpMsMax: 200,
};

export interface ClientPlace {
  kind: ClientKind;
  /** An address, or a folder. */
  place: string;
  connections?: number;
}

type ClientProcess = Child<ClientQuestion, LoadAnswer & WatchAnswer>;

export class LoadRounds {
  readonly #clients: ClientProcess[];
  readonly #effort: Effort;
  readonly #warm = new Set<Operation>();

  constructor(places: readonly ClientPlace[], effort: Effort) {
    const file = import.meta.resolve('./coordination-process.ts');
    this.#effort = effort;
    this.#clients = places.map(
      ({ kind, place, connections = 1 }) => new Child(file, [kind, place, String(connections)]),
    );
  }

  /** By the order of the places. */
  async load(load: Omit<LoadQuestion, 'ms'>): Promise<Loaded[]> {
    const { roundMs, warmUps, warmUpMsMax } = this.#effort;
    const isWarm = this.#warm.has(load.operation);
    const warmUp = { ...load, ms: isWarm ? 0 : warmUpMsMax, operations: warmUps };
    this.#warm.add(load.operation);
    const answers = await this.#rounds(warmUp, { ...load, ms: roundMs });
    return answers.map((rounds) => figuresOf(rounds, ['perS', 'cpuUs', 'p50Ms', 'p99Ms']));
  }

  /** Put, and wait until a watch tells of it; by the order of the places. */
  async watch(): Promise<Lagged[]> {
    const { puts } = this.#effort;
    const warmUp = { puts };
    const answers = await this.#rounds<WatchQuestion>(warmUp, { puts });
    return answers.map((rounds) => figuresOf(rounds, ['p50Ms', 'p99Ms']));
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  async #rounds<Q extends ClientQuestion>(warmUp: Q, question: Q) {
    for (const client of this.#clients) await client.ask(warmUp);
    const answers = this.#clients.map(() => [] as (LoadAnswer & WatchAnswer)[]);
    for (let round = 0; round < this.#effort.rounds; round += 1) {
      const order = [...this.#clients.keys()];
      for (const index of round % 2 === 0 ? order : order.reverse()) {
        const answer = await this.#clients[index]?.ask(question);
        if (answer !== undefined) answers[index]?.push(answer);
      }
    }
    return answers;
  }
}

function figuresOf<Name extends string>(
  rounds: readonly Record<Name, number>[],
  names: readonly Name[],
): Record<Name, Figure> {
  const entries = names.map((name) => [name, figureOf(rounds.map((round) => round[name]))]);
  return Object.fromEntries(entries);
}
