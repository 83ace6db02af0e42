// What the server does now and then, by itself: forgetting old results, and working out each
// check's availability of the last day. One round at a time; a failed round is logged, and the next
// one comes all the same.

import type { Results, RetentionPolicy } from '@holdfast/engines/results';
import type { Clock, Logger, Timer } from '@holdfast/kernel';
import { checkId, type LiveView } from './live-view.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const AVAILABILITY_EVERY_MS = 60_000;
const RETENTION_EVERY_MS = HOUR_MS;
/** The first rounds come soon after the start, when pages wait for them. */
const FIRST_AFTER_MS = 1_000;

export interface Upkeep {
  /** Resolves when the running round has ended, which is told to end. */
  close(): Promise<void>;
}

export interface UpkeepOptions {
  clock: Clock;
  logger: Logger;
  results: Results;
  view: LiveView;
  /** Aborted when it is no longer for this server to forget; absent while it is for another one. */
  retaining(): AbortSignal | undefined;
  retention(): RetentionPolicy;
}

export function startUpkeep(options: UpkeepOptions): Upkeep {
  const { clock, logger } = options;
  const rounds = [
    everyNowAndThen(clock, logger, AVAILABILITY_EVERY_MS, () => refreshAvailability(options)),
    everyNowAndThen(clock, logger, RETENTION_EVERY_MS, async (signal) => {
      const turn = options.retaining();
      if (turn !== undefined) await forget(options, AbortSignal.any([turn, signal]));
    }),
  ];
  return {
    close: async () => {
      await Promise.all(rounds.map((round) => round.close()));
    },
  };
}

function everyNowAndThen(
  clock: Clock,
  logger: Logger,
  everyMs: number,
  work: (signal: AbortSignal) => Promise<void>,
): Upkeep {
  const closing = new AbortController();
  const { signal } = closing;
  let timer: Timer;
  let running: Promise<void> = Promise.resolve();
  const round = () => {
    running = work(signal)
      .catch((error: unknown) => {
        if (!signal.aborted) logger.warn('upkeep failed', { error: String(error) });
      })
      .then(() => {
        if (!signal.aborted) timer = clock.after(everyMs, round);
      });
  };
  timer = clock.after(FIRST_AFTER_MS, round);
  return {
    close: () => {
      closing.abort();
      timer.cancel();
      return running;
    },
  };
}

async function forget(
  { clock, logger, results, retention }: UpkeepOptions,
  signal: AbortSignal,
): Promise<void> {
  const rows = await results.retain(retention(), clock.wallMs(), signal);
  if (rows > 0) logger.info('forgot old results', { rows });
}

async function refreshAvailability({ clock, results, view }: UpkeepOptions): Promise<void> {
  const toMs = clock.wallMs();
  const sums = new Map<string, { namespace: string; check: string; up: number; valid: number }>();
  for (const { check, counts } of await results.rollups({
    fromMs: toMs - DAY_MS,
    toMs,
    stepMs: HOUR_MS,
  })) {
    const id = checkId(check.namespace, check.check);
    const sum = sums.get(id) ?? { ...check, up: 0, valid: 0 };
    sum.up += counts.up;
    sum.valid += counts.up + counts.down + counts.timeout;
    sums.set(id, sum);
  }
  for (const { namespace, check, up, valid } of sums.values()) {
    if (valid > 0) view.setAvailability(namespace, check, up / valid);
  }
}
