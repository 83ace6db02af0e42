// Acknowledgements on their way to Redis, many in one command and one batch at a time. What has no
// answer is sent again when Redis is back; a second XACK of an entry does nothing.

import { type Clock, sleep } from '@holdfast/kernel';
import { passes } from './redis-error.ts';
import type { RedisLink } from './redis-link.ts';

const BATCH_MAX = 2_000;
/** Consumers hold no more than this; reached only by many of them while Redis is away. */
const WAITING_MAX = 100_000;
const RETRY_MS = 20;

interface Waiting {
  key: string;
  group: string;
  id: string;
  resolve(): void;
}

export class AckQueue {
  readonly #link: RedisLink;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(link: RedisLink, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
  }

  /** Never rejects: what is given up is delivered again. */
  add(key: string, group: string, id: string): Promise<void> {
    if (this.#closing.signal.aborted || this.#waiting.length >= WAITING_MAX)
      return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ key, group, id, resolve });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when all that waited are sent, if Redis is there. */
  async flush(): Promise<void> {
    if (this.#link.client.status === 'ready') await this.#running;
  }

  close(): void {
    this.#closing.abort();
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  async #run(): Promise<void> {
    // What is acknowledged in one turn goes in one command.
    await null;
    while (this.#waiting.length > 0) {
      if (!(await this.#link.ready(this.#closing.signal))) break;
      const batch = this.#waiting.splice(0, BATCH_MAX);
      if (await this.#send(batch)) {
        for (const { resolve } of batch) resolve();
        continue;
      }
      if (this.#closing.signal.aborted) for (const { resolve } of batch) resolve();
      else this.#waiting.unshift(...batch);
      await sleep(this.#clock, RETRY_MS, this.#closing.signal).catch(() => {});
    }
    this.#running = undefined;
  }

  /** False when it has to be tried again. */
  async #send(batch: readonly Waiting[]): Promise<boolean> {
    const pipeline = this.#link.client.pipeline();
    for (const [first, ids] of byGroup(batch)) pipeline.xack(first.key, first.group, ...ids);
    const answers = (await pipeline.exec()) ?? [];
    // A refusal for good (the key is no stream any more) leaves nothing to acknowledge.
    const [failed] = answers.find(([error]) => error != null && passes(error)) ?? [];
    if (failed == null) return true;
    this.#link.suspect(failed);
    return false;
  }
}

function byGroup(batch: readonly Waiting[]): [Waiting, string[]][] {
  const groups = new Map<string, [Waiting, string[]]>();
  for (const item of batch) {
    const name = `${item.key} ${item.group}`;
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [item, [item.id]]);
    else known[1].push(item.id);
  }
  return [...groups.values()];
}
