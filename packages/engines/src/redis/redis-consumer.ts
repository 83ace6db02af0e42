// A consumer of a group in Redis. One loop reads what is new, on a connection of its own that may
// block; the other claims what was abandoned and keeps what lies here unhanded. They outlive restarts
// and flushes of Redis; only what nobody but people can mend ends them, with an error.

import { type Chance, type Clock, fullJitter, jitter, type Logger, sleep } from '@holdfast/kernel';
import type { CheckedConsume } from '../events/checked-event.ts';
import type { Delivery, StreamEvent } from '../events/events.ts';
import { compareIds, eventOf, idBefore, malformedEvent, type RawEntry } from './entry.ts';
import { Handout, type Ready } from './handout.ts';
import { answers, messageOf, passes, redisFailed } from './redis-error.ts';
import type { Claimed, RedisGroup } from './redis-group.ts';
import type { RedisLink } from './redis-link.ts';

/** How long a read waits for what is new. */
export const BLOCK_MS = 2_000;
/** Abandoned entries are looked for four times per `claimAfterMs`, and at least so often. */
const CLAIM_EVERY_MS_MAX = 5_000;
const RETRY_MS_MAX = 500;
const GOODBYE_MS_MAX = 1_000;
/** It may not wait yet. */
const UNBLOCK_EVERY_MS = 5;

export interface ConsumerSurroundings {
  group: RedisGroup;
  /** For commands that do not block. */
  link: RedisLink;
  /** For reading alone; the consumer closes it. */
  reading: RedisLink;
  clock: Clock;
  chance: Chance;
  logger: Logger;
  acknowledge(id: string): Promise<void>;
  setAside(id: string, event: StreamEvent, reason: string): Promise<void>;
  onMissed(count: number): void;
  onEnd(): void;
}

export class RedisConsumer {
  readonly deliveries: AsyncIterable<Delivery>;
  readonly #handout: Handout;
  readonly #options: CheckedConsume;
  readonly #around: ConsumerSurroundings;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;
  /** Monotonic. */
  readonly #startedMs: number;
  /** The last entry that we know to be delivered to the group: where a lost group begins again. */
  #last = '0-0';

  constructor(options: CheckedConsume, signal: AbortSignal, around: ConsumerSurroundings) {
    this.#options = options;
    this.#around = around;
    this.#startedMs = around.clock.nowMs();
    this.#handout = new Handout({
      clock: around.clock,
      unacknowledgedMax: options.unacknowledgedMax,
      claimAfterMs: options.claimAfterMs,
      acknowledge: around.acknowledge,
      onReturn: () => this.#stop(),
    });
    this.deliveries = this.#handout;
    const stop = () => this.#stop();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) this.#stop();
    this.#running = this.#run().finally(() => signal.removeEventListener('abort', stop));
  }

  /** Resolves when what was not handed out is given back, if Redis is there. */
  async end(): Promise<void> {
    this.#stop();
    await this.#running;
  }

  #stop(error?: unknown): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    this.#handout.end(error);
  }

  async #run(): Promise<void> {
    try {
      await this.#untilItPasses(this.#around.link, () => this.#begin());
      await this.#work();
    } catch (error) {
      this.#fail(error);
    }
    await this.#around.reading.close();
    await this.#sayGoodbye();
    this.#around.onEnd();
  }

  /** What ends one loop ends the others; all of them are over when it settles. */
  async #work(): Promise<void> {
    const fail = (error: unknown) => this.#fail(error);
    const reading = this.#readNew().catch(fail);
    const claiming = this.#claimAbandoned().catch(fail);
    await Promise.all([reading, claiming, this.#unblockAtEnd(reading)]);
  }

  #fail(error: unknown): void {
    const { key, name } = this.#around.group;
    this.#stop(redisFailed(`Group ${name} of ${key} cannot be consumed`, error));
  }

  async #begin(): Promise<void> {
    const { group, logger } = this.#around;
    await group.create(this.#options.from === 'first' ? '0' : '$');
    this.#last = await group.lastDelivered();
    await group
      .forgetSilent()
      .catch((error) => logger.debug('silent consumers stay', { error: messageOf(error) }));
  }

  async #readNew(): Promise<void> {
    const { group, reading } = this.#around;
    while (!this.#ending.signal.aborted) {
      await this.#handout.waitForRoom();
      const count = this.#handout.room;
      const entries = await this.#untilItPasses(reading, async () => {
        const { client } = reading;
        const block = ['COUNT', count, 'BLOCK', BLOCK_MS, 'STREAMS', group.key, '>'] as const;
        const answer = await client.xreadgroup('GROUP', group.name, group.consumer, ...block);
        return (answer as [string, RawEntry[]][] | null)?.[0]?.[1] ?? [];
      });
      const fresh = (entries ?? []).map(([id, fields]) => ({
        id,
        fields: fields ?? [],
        attempt: 1,
      }));
      const last = fresh.at(-1)?.id;
      if (last !== undefined && compareIds(last, this.#last) > 0) this.#last = last;
      await this.#take(fresh);
    }
  }

  /**
   * A read that is cut off may still be served, to nobody. So it is ended from the other connection
   * first, as long as Redis answers, and cut off then, whatever either connection does.
   */
  async #unblockAtEnd(reading: Promise<void>): Promise<void> {
    await aborted(this.#ending.signal);
    const enough = new AbortController();
    const end = () => enough.abort();
    const late = this.#around.clock.after(GOODBYE_MS_MAX, end);
    reading.then(end, end);
    await Promise.race([this.#unblock(enough.signal), aborted(enough.signal)]);
    late.cancel();
    end();
    await this.#around.reading.close();
  }

  async #unblock(enough: AbortSignal): Promise<void> {
    const { clock, link, reading } = this.#around;
    while (!enough.aborted && link.client.status === 'ready') {
      const id = await reading.clientId;
      try {
        if (id !== undefined) await link.client.client('UNBLOCK', id);
      } catch {
        return;
      }
      await sleep(clock, UNBLOCK_EVERY_MS, enough).catch(() => {});
    }
  }

  async #claimAbandoned(): Promise<void> {
    const { clock, chance, link, group } = this.#around;
    const everyMs = Math.min(CLAIM_EVERY_MS_MAX, this.#options.claimAfterMs / 4);
    let cursor = '0-0';
    while (!this.#ending.signal.aborted) {
      await this.#pause(jitter(chance, everyMs, everyMs / 5));
      this.#handout.forgetAbandoned();
      await this.#untilItPasses(link, () =>
        group.keep(this.#handout.renew(clock.nowMs() - everyMs)),
      );
      const room = this.#handout.room;
      if (room <= 0) continue;
      const found = await this.#untilItPasses(link, () =>
        group.claim(this.#options.claimAfterMs, cursor, room),
      );
      if (found === undefined) return;
      cursor = found.cursor;
      if (found.trimmed > 0) this.#around.onMissed(found.trimmed);
      await this.#take(found.claimed);
    }
  }

  async #take(entries: readonly Claimed[]): Promise<void> {
    const sinceMs = this.#around.clock.nowMs();
    const ready: Ready[] = [];
    for (const { id, fields, attempt } of entries) {
      const event = eventOf(id, fields);
      if (typeof event === 'string')
        await this.#setAside(id, malformedEvent(id, fields, event), event);
      else if (attempt > this.#options.attemptsMax)
        await this.#setAside(id, event, `${attempt - 1} deliveries without acknowledgement`);
      else ready.push({ id, event, attempt, sinceMs });
    }
    if (ready.length > 0) this.#handout.put(ready);
  }

  async #setAside(id: string, event: StreamEvent, reason: string): Promise<void> {
    const { link, group, logger, setAside } = this.#around;
    const about = { stream: group.key, group: group.name, entry: id, reason };
    logger.warn('an event was set aside', about);
    await this.#untilItPasses(link, () => setAside(id, event, reason));
  }

  /** Again and again, for as long as the failures are of a kind that passes; undefined at the end. */
  async #untilItPasses<T>(link: RedisLink, command: () => Promise<T>): Promise<T | undefined> {
    const { signal } = this.#ending;
    while ((await link.ready(signal)) && !signal.aborted) {
      try {
        return await command();
      } catch (error) {
        if (signal.aborted) return undefined;
        link.suspect(error);
        if (answers(error, 'NOGROUP')) await this.#repair();
        else if (!passes(error)) throw error;
        await this.#pause(fullJitter(this.#around.chance, RETRY_MS_MAX));
      }
    }
    return undefined;
  }

  /**
   * Redis was flushed, or came back without its data: the group begins where it was, less a
   * millisecond, because ids of the new stream may begin within the same one.
   */
  async #repair(): Promise<void> {
    const { link, group, logger } = this.#around;
    logger.warn('the group was lost; made again', { stream: group.key, group: group.name });
    await this.#untilItPasses(link, () => group.create(idBefore(Number(this.#last.split('-')[0]))));
  }

  async #pause(delayMs: number): Promise<void> {
    await sleep(this.#around.clock, delayMs, this.#ending.signal).catch(() => {});
  }

  async #sayGoodbye(): Promise<void> {
    const { link, group, clock, logger } = this.#around;
    if (link.client.status !== 'ready') return;
    const { claimAfterMs } = this.#options;
    const freshMs = () => Math.min(claimAfterMs, clock.nowMs() - this.#startedMs);
    const enough = new AbortController();
    const back = group
      .giveBack((id) => this.#handout.wasHandedOut(id), freshMs)
      .catch((error) => logger.debug('nothing was given back', { error: messageOf(error) }));
    await Promise.race([back, sleep(clock, GOODBYE_MS_MAX, enough.signal).catch(() => {})]);
    enough.abort();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
