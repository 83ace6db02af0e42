// What a consumer asks of Redis for its group, command by command: create, claim, keep, give back,
// set aside. Failures are thrown as the client tells them; the consumer knows which of them pass.

import type { StreamEvent } from '../events/events.ts';
import { fieldsOf, type RawEntry } from './entry.ts';
import { answers } from './redis-error.ts';
import type { RedisLink } from './redis-link.ts';

/** In one step, of which the second does not happen when the first fails: MULTI would go on. */
const SET_ASIDE = `
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', unpack(ARGV, 4))
return redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])`;

/** Longer than any claimAfterMs: an entry that was given back may be claimed at once. */
const ABANDONED_MS = 7 * 86_400_000;
/** A consumer without entries that was not heard of for that long is forgotten. */
const SILENT_MS = 3_600_000;
const GIVE_BACK_MAX = 10_000;

/** Within one step, so that a consumer that returns meanwhile loses nothing. */
const FORGET_SILENT = `
local forgotten = 0
for _, fields in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local each = {}
  for i = 1, #fields, 2 do each[fields[i]] = fields[i + 1] end
  if each.pending == 0 and each.idle >= tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], each.name)
    forgotten = forgotten + 1
  end
end
return forgotten`;

export interface Claimed {
  id: string;
  fields: readonly string[];
  /** Of the delivery that this claim is. */
  attempt: number;
}

export class RedisGroup {
  readonly key: string;
  readonly name: string;
  readonly consumer: string;
  readonly #link: RedisLink;

  constructor(link: RedisLink, key: string, name: string, consumer: string) {
    this.#link = link;
    this.key = key;
    this.name = name;
    this.consumer = consumer;
  }

  /** A group that is there already stays as it is. `from`: an id, or `$` for what comes. */
  async create(from: string): Promise<void> {
    try {
      await this.#link.client.xgroup('CREATE', this.key, this.name, from, 'MKSTREAM');
    } catch (error) {
      if (!answers(error, 'BUSYGROUP')) throw error;
    }
  }

  /** Id of the last entry that went to anybody of the group. */
  async lastDelivered(): Promise<string> {
    const groups = (await this.#link.client.xinfo('GROUPS', this.key)) as unknown[][];
    for (const fields of groups) {
      const named = namedOf(fields);
      if (named.get('name') === this.name) return String(named.get('last-delivered-id'));
    }
    return '0-0';
  }

  async forgetSilent(): Promise<void> {
    await this.#link.client.eval(FORGET_SILENT, 1, this.key, this.name, SILENT_MS);
  }

  /** What others (or we ourselves) left for so long. Continues from `cursor`; tells what was trimmed meanwhile. */
  async claim(
    claimAfterMs: number,
    cursor: string,
    count: number,
  ): Promise<{ cursor: string; claimed: Claimed[]; trimmed: number }> {
    const { client } = this.#link;
    const answer = (await client.xautoclaim(
      this.key,
      this.name,
      this.consumer,
      claimAfterMs,
      cursor,
      'COUNT',
      count,
    )) as [string, RawEntry[], string[]?];
    const [next, entries, deleted = []] = answer;
    const first = entries[0]?.[0];
    const last = entries.at(-1)?.[0];
    if (first === undefined || last === undefined)
      return { cursor: next, claimed: [], trimmed: deleted.length };
    const attempts = new Map<string, number>();
    for (const [id, , , deliveries] of await this.#pending(first, last, entries.length))
      attempts.set(id, deliveries);
    const claimed = entries.map(([id, fields]) => ({
      id,
      fields: fields ?? [],
      attempt: attempts.get(id) ?? 1,
    }));
    return { cursor: next, claimed, trimmed: deleted.length };
  }

  /** Begins the time anew after which others may claim them. */
  async keep(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#link.client.xclaim(this.key, this.name, this.consumer, 0, ...ids, 'JUSTID');
  }

  /**
   * Lets others have at once what Redis delivered less than `freshMs` ago and we never handed out, as
   * if it had not been delivered. What is older may be of a former consumer of this name, and handled.
   */
  async giveBack(wasHandedOut: (id: string) => boolean, freshMs: () => number): Promise<void> {
    const pending = await this.#pending('-', '+', GIVE_BACK_MAX);
    // Asked after the answer, which may have taken long.
    const idleMsMax = freshMs();
    const pipeline = this.#link.client.pipeline();
    for (const [id, , idleMs, deliveries] of pending) {
      if (idleMs > idleMsMax || wasHandedOut(id)) continue;
      const attempts = Math.max(0, deliveries - 1);
      pipeline.xclaim(
        this.key,
        this.name,
        this.consumer,
        0,
        id,
        'IDLE',
        ABANDONED_MS,
        'RETRYCOUNT',
        attempts,
        'JUSTID',
      );
    }
    if (pipeline.length > 0) await pipeline.exec();
  }

  /** Out of the group and into the stream of the dead, in one step. */
  async setAside(
    id: string,
    event: StreamEvent,
    reason: string,
    deadKey: string,
    lengthMax: number,
  ): Promise<void> {
    const fields = fieldsOf(event, JSON.stringify(event.data));
    const about = ['group', this.name, 'position', id, 'reason', reason];
    const written = [...fields, ...about];
    const { client } = this.#link;
    await client.eval(SET_ASIDE, 2, this.key, deadKey, this.name, id, lengthMax, ...written);
  }

  async #pending(from: string, to: string, count: number) {
    const { client } = this.#link;
    const answer = await client.xpending(this.key, this.name, from, to, count, this.consumer);
    return answer as [id: string, consumer: string, idleMs: number, deliveries: number][];
  }
}

/** Names and values by turns, as Redis answers. */
export function namedOf(fields: readonly unknown[]): Map<string, unknown> {
  const named = new Map<string, unknown>();
  for (let i = 0; i + 1 < fields.length; i += 2) named.set(String(fields[i]), fields[i + 1]);
  return named;
}
