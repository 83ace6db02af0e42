// Joins the bus of one process to the one that all share: what is published here goes there, and,
// where asked, what is published there comes here. At least once, in order, and never in a circle: an
// event bears the name of the process it began in, and what came over a bridge never goes back.

import { type Chance, type Clock, fullJitter, type Logger, sleep } from '@holdfast/kernel';
import { checkParty, checkStream } from './checked-event.ts';
import type { Delivery, Events, StreamEvent } from './events.ts';

/** Of events that began on the shared bus itself. */
const SHARED = 'shared';
/** Read here and not confirmed there; the rest waits in its own bounded stream. */
const UNDER_WAY_MAX = 500;
const RETRY_MS_MAX = 2_000;

export interface BridgeOptions {
  streams: readonly string[];
  /** Names this process among all that share `there`. */
  origin: string;
  /** Default: only what is published here goes there. */
  bothWays?: boolean;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

export interface Bridge {
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>;
}

/**
 * Begins with what is published from now on. `here` is the bus of this process, `there` the shared
 * one. Throws USAGE for names that are none.
 */
export function bridgeEvents(here: Events, there: Events, options: BridgeOptions): Bridge {
  checkParty('consumer', options.origin);
  for (const stream of options.streams) checkStream(stream);
  const end = new AbortController();
  const running = options.streams.flatMap((stream) => [
    sendOut(here, there, stream, options, end.signal),
    ...(options.bothWays ? [bringIn(here, there, stream, options, end.signal)] : []),
  ]);
  return {
    close: async () => {
      end.abort();
      await Promise.all(running);
    },
  };
}

async function sendOut(
  here: Events,
  there: Events,
  stream: string,
  { origin, ...around }: BridgeOptions,
  signal: AbortSignal,
): Promise<void> {
  const options = {
    group: `bridge:${origin}`,
    consumer: origin,
    unacknowledgedMax: UNDER_WAY_MAX,
    // The bridge itself tries until it is through: nothing of it is ever abandoned.
    claimAfterMs: 86_400_000,
  };
  const batch: Delivery[] = [];
  let sending: Promise<void> | undefined;
  const send = async () => {
    while (batch.length > 0) {
      const now = batch.splice(0);
      const out = now.filter(({ event }) => event.origin === undefined);
      const events = out.map(({ event }) => ({ ...event, origin }));
      if (!(await untilDone(() => there.publishAll(stream, events), stream, around, signal)))
        return;
      for (const delivery of now) await delivery.ack();
    }
    sending = undefined;
  };
  for await (const delivery of here.consume(stream, options, signal)) {
    batch.push(delivery);
    sending ??= send();
  }
  await sending;
}

/** Goes on where it was when reading fails. */
async function bringIn(
  here: Events,
  there: Events,
  stream: string,
  { origin, ...around }: BridgeOptions,
  signal: AbortSignal,
): Promise<void> {
  let after: string | undefined;
  const readOn = async () => {
    const from = after === undefined ? {} : { after };
    for await (const item of there.read(stream, { ...from, live: true }, signal)) {
      if (item.event.origin !== origin) await here.publish(stream, marked(item.event));
      after = item.position;
    }
  };
  await untilDone(readOn, stream, around, signal);
}

function marked(event: StreamEvent): StreamEvent {
  return event.origin === undefined ? { ...event, origin: SHARED } : event;
}

/** False when the end came first. */
async function untilDone(
  work: () => Promise<void>,
  stream: string,
  { clock, chance, logger }: Pick<BridgeOptions, 'clock' | 'chance' | 'logger'>,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await work();
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn('a bridge waits for the shared events', { stream, error: reason });
      await sleep(clock, fullJitter(chance, RETRY_MS_MAX), signal).catch(() => {});
    }
  }
  return false;
}
