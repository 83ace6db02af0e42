// The leader's duty to alert, for one term. It begins as soon as the journal of alerts can be read, and
// tries again until it can: a store that is away for a moment must not silence a whole term. While events
// do not get through it looks into the store by itself.

import type { Leadership } from '@holdfast/engines/leader';
import { sleep } from '@holdfast/kernel';
import type { HoldfastServer } from '../holdfast-server.ts';
import type { LiveFeed } from './live-feed.ts';

export interface AlertingDuty {
  close(): Promise<void>;
}

const START_AGAIN_MS = 1_000;
const LOOK_MS = 5_000;
/** Of each check; more than pass between two looks at most intervals. */
const LOOK_RUNS = 10;

/** Returns at once; ends with the leadership, or when it is closed. */
export function startAlertingDuty(
  server: HoldfastServer,
  feed: Pick<LiveFeed, 'well'>,
  leadership: Leadership,
): AlertingDuty {
  const closing = new AbortController();
  const over = AbortSignal.any([closing.signal, leadership.lost]);
  const running = perform(server, feed, leadership, over);
  return {
    close: async () => {
      closing.abort();
      await server.part('alerting').stop();
      await running;
      // It may have begun at the very end.
      await server.part('alerting').stop();
    },
  };
}

/** Never rejects. */
async function perform(
  server: HoldfastServer,
  feed: Pick<LiveFeed, 'well'>,
  { guard }: Leadership,
  over: AbortSignal,
): Promise<void> {
  const { clock, logger } = server.options;
  const again = async (pauseMs: number, what: string, work: () => Promise<boolean>) => {
    while (!over.aborted) {
      if (await work().catch((error: unknown) => logger.error(what, { error }))) return;
      await sleep(clock, pauseMs, over).catch(() => {});
    }
  };
  await again(START_AGAIN_MS, 'Nobody alerts: the journal of alerts cannot be read.', async () => {
    await server.part('alerting').start(server.configuration, () => guard.prove());
    return true;
  });
  await again(LOOK_MS, 'The store could not be looked into for alerts.', async () => {
    if (feed.well) return false;
    const latest = await server.part('store').results.latest({ perCheck: LOOK_RUNS });
    await server.tell(latest.toSorted((a, b) => a.key.plannedAtMs - b.key.plannedAtMs));
    return false;
  });
}
