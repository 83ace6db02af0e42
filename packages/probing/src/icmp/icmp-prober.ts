// The prober of kind `icmp`: is the host there, how far away, and how much is lost on the way? The
// first probe that needs them opens the sockets and starts the receiver; close ends both.

import { type Chance, systemChance } from '@holdfast/kernel';
import type { IcmpSpec } from '@holdfast/resources/compiled-check';
import { prepareRuleJudge } from '../judge/rule-judge.ts';
import type { Prober } from '../prober.ts';
import { tryCLibrary } from './c-library.ts';
import { EchoExchange } from './echo-exchange.ts';
import { judgeIcmp } from './icmp-judge.ts';
import { unsupportedFault } from './icmp-permission.ts';
import { type IcmpObservation, IcmpRun } from './icmp-run.ts';

export interface IcmpProber extends Prober<IcmpSpec, IcmpObservation> {
  /** Runs under way end with PROBER_FAILED; a later one opens sockets and receiver anew. */
  close(): Promise<void>;
}

export function createIcmpProber(chance: Chance = systemChance): IcmpProber {
  let exchange: EchoExchange | undefined;
  let isRunning = false;
  const theExchange = () => {
    const library = exchange === undefined ? tryCLibrary() : undefined;
    if (library !== undefined) exchange = new EchoExchange(library, chance);
    return exchange;
  };
  return {
    kind: 'icmp',
    prepare(spec) {
      if (isRunning) return prepareRuleJudge(spec);
      return theExchange()
        ?.ready()
        .then(() => {
          isRunning = true;
          return prepareRuleJudge(spec);
        });
    },
    async measure(spec, context) {
      const found = theExchange();
      if (found !== undefined) return new IcmpRun(spec, context, found).run();
      return { totalMs: 0, phases: [], context: {}, detail: {}, fault: unsupportedFault() };
    },
    judge: judgeIcmp,
    async close() {
      isRunning = false;
      // Let go of first: a run that begins meanwhile makes its own.
      const closing = exchange;
      exchange = undefined;
      await closing?.close();
    },
  };
}

/** The one of this process. */
export const icmpProber = createIcmpProber();
