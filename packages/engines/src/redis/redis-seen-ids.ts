// Ids that were handled, shared by all processes through Redis: a key per id that expires by itself.

import type { SeenIds } from '../events/handle-once.ts';
import type { RedisLink } from './redis-link.ts';

const BEGUN = 'begun';
const DONE = 'done';

export class RedisSeenIds implements SeenIds {
  readonly #link: RedisLink;
  readonly #prefix: string;

  constructor(link: RedisLink, prefix: string) {
    this.#link = link;
    this.#prefix = prefix;
  }

  async begin(id: string, holdMs: number): Promise<'new' | 'begun' | 'done'> {
    return this.#call(async (client) => {
      const key = this.#prefix + id;
      if ((await client.set(key, BEGUN, 'PX', holdMs, 'NX')) !== null) return 'new';
      return (await client.get(key)) === DONE ? 'done' : 'begun';
    });
  }

  async done(id: string, windowMs: number): Promise<void> {
    await this.#call((client) => client.set(this.#prefix + id, DONE, 'PX', windowMs));
  }

  async forget(id: string): Promise<void> {
    await this.#call((client) => client.del(this.#prefix + id));
  }

  async #call<T>(command: (client: RedisLink['client']) => Promise<T>): Promise<T> {
    try {
      return await command(this.#link.client);
    } catch (error) {
      this.#link.suspect(error);
      throw this.#link.failure('Redis does not tell which events were handled', error);
    }
  }
}
