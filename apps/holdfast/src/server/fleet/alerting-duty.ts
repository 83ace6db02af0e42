// The leader's duty to alert, for one term. It begins as soon as the journal of alerts can be read, and
// tries again until it can: a store that is away for a moment must not silence a whole term.

import type { Leadership } from '@holdfast/engines/leader';
import { sleep } from '@holdfast/kernel';
import type { HoldfastServer } from '../holdfast-server.ts';

export interface AlertingDuty {
  close(): Promise<void>;
}

const START_AGAIN_MS = 1_000;

/** Returns at once; ends with the leadership, or when it is closed. */
export function startAlertingDuty(server: HoldfastServer, leadership: Leadership): AlertingDuty {
  const closing = new AbortController();
  const over = AbortSignal.any([closing.signal, leadership.lost]);
  const begun = begin(server, leadership, over);
  return {
    close: async () => {
      closing.abort();
      await server.part('alerting').stop();
      await begun;
      // It may have begun at the very end.
      await server.part('alerting').stop();
    },
  };
}

/** Never rejects. */
async function begin(
  server: HoldfastServer,
  { guard }: Leadership,
  over: AbortSignal,
): Promise<void> {
  const { clock, logger } = server.options;
  while (!over.aborted) {
    try {
      await server.part('alerting').start(server.configuration, () => guard.prove());
      return;
    } catch (error) {
      logger.error('Nobody alerts: the journal of alerts cannot be read.', { error });
      await sleep(clock, START_AGAIN_MS, over).catch(() => {});
    }
  }
}
