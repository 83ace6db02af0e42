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
  /** Resolves when the running round has ended. */
  close(): Promise<void>;
}

export interface UpkeepOptions {
  clock: Clock;
  logger: Logger;
  results: Results;
  view: LiveView;
  /** Absent while it is another server's turn to forget. */
  retention(): RetentionPolicy | undefined;
}

export function startUpkeep(options: UpkeepOptions): Upkeep {
  const { clock, logger, results } = options;
  const rounds = [
    everyNowAndThen(clock, logger, AVAILABILITY_EVERY_MS, () => refreshAvailability(options)),
    everyNowAndThen(clock, logger, RETENTION_EVERY_MS, async () => {
      const policy = options.retention();
      const rows = policy === undefined ? 0 : await results.retain(policy, clock.wallMs());
      if (rows > 0) logger.info('forgot old results', { rows });
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
  work: () => Promise<void>,
): Upkeep {
  let closed = false;
  let timer: Timer;
  let running: Promise<void> = Promise.resolve();
  const round = () => {
    running = work()
      .catch((error: unknown) => logger.warn('upkeep failed', { error: String(error) }))
      .then(() => {
        if (!closed) timer = clock.after(everyMs, round);
      });
  };
  timer = clock.after(FIRST_AFTER_MS, round);
  return {
    close: () => {
      closed = true;
      timer.cancel();
      return running;
    },
  };
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
