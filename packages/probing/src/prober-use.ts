// Which probers of this process hold threads or sockets for whom: the last runner that used one closes
// it. Probers that keep nothing are never counted.

import type { Prober } from './prober.ts';

/** Runners that used it and are not closed yet. */
const users = new Map<Prober, number>();

export class ProberUse {
  readonly #used = new Set<Prober>();

  note(prober: Prober): void {
    if (this.#used.has(prober)) return;
    this.#used.add(prober);
    users.set(prober, (users.get(prober) ?? 0) + 1);
  }

  async close(): Promise<void> {
    const last: Prober[] = [];
    for (const prober of this.#used) {
      const others = (users.get(prober) ?? 1) - 1;
      if (others > 0) users.set(prober, others);
      else if (users.delete(prober)) last.push(prober);
    }
    this.#used.clear();
    await Promise.all(last.map((prober) => prober.close?.()));
  }
}
