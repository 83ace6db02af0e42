// Rounds of several contenders in turn: A B C, B C A, C A B … so that whatever else the machine does
// falls on all alike. Each has its own process; all are warm before the first round counts.

import { AGENT_NODE_FLAGS } from '@holdfast/probing/node-flags';
import { Child } from '../child-process.ts';
import { type Figure, figureOf } from '../report.ts';
import type { Targets } from '../targets.ts';
import type {
  KeptKind,
  Kind,
  RoundAnswer,
  RoundQuestion,
  StartAnswer,
  StartQuestion,
} from './contender.ts';

export interface DuelPlan {
  rounds: number;
  /** Operations in flight. */
  concurrency: number;
  /** By contender; who is not named does not take part. */
  operations: Readonly<Record<string, { warmUp: number; round: number }>>;
}

export interface Measured {
  cpuUs: Figure;
  perS: Figure;
}

type ContenderProcess = Child<StartQuestion | RoundQuestion, StartAnswer & RoundAnswer>;

export class Duel {
  /** Why a contender does not take part, by name. */
  readonly unavailable = new Map<string, string>();
  readonly #children = new Map<string, ContenderProcess>();

  async start(kind: Kind | KeptKind, names: readonly string[], targets: Targets): Promise<void> {
    const file = import.meta.resolve('./contender-process.ts');
    await Promise.all(
      names.map(async (name) => {
        const child: ContenderProcess = new Child(file, [name, kind], AGENT_NODE_FLAGS);
        this.#children.set(name, child);
        const { unavailable } = await child.ask({ targets });
        if (unavailable !== undefined) this.unavailable.set(name, unavailable);
      }),
    );
  }

  /** By name; who is unavailable is absent. */
  async fight(plan: DuelPlan, progress: (step: string) => void): Promise<Map<string, Measured>> {
    const present = [...this.#children].filter(
      ([name]) => name in plan.operations && !this.unavailable.has(name),
    );
    const { concurrency } = plan;
    const ask = (name: string, child: ContenderProcess, part: 'warmUp' | 'round') =>
      child.ask({ operations: plan.operations[name]?.[part] ?? 0, concurrency });
    progress('warming up');
    for (const [name, child] of present) await ask(name, child, 'warmUp');
    const answers = new Map<string, RoundAnswer[]>(present.map(([name]) => [name, []]));
    for (let round = 0; round < plan.rounds; round += 1) {
      progress(`round ${round + 1} of ${plan.rounds}`);
      const first = round % present.length;
      for (const [name, child] of [...present.slice(first), ...present.slice(0, first)]) {
        answers.get(name)?.push(await ask(name, child, 'round'));
      }
    }
    return new Map([...answers].map(([name, rounds]) => [name, summary(rounds)]));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#children.values()].map((child) => child.close()));
  }
}

function summary(rounds: readonly RoundAnswer[]): Measured {
  return {
    cpuUs: figureOf(rounds.map((round) => round.cpuUsPerOperation)),
    perS: figureOf(rounds.map((round) => round.operationsPerS)),
  };
}
