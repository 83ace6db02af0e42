// What one change costs a mirror that holds many keys: the mirror itself, over a store that hands it changes
// which were made before, so that nothing else is in the figure.

import type { Coordination, Entry, WatchItem } from '@holdfast/engines/coordination';
import { openMirror } from '@holdfast/engines/mirror';
import { seededChance, silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { type Figure, figureOf } from '../report.ts';
import { decodeCheck, MIRRORED_PREFIX, putCheck } from './mirrored-checks.ts';

const CLUSTER = 'bench';

/** In us per change, by rounds. */
export async function appliedCostUs(
  keys: number,
  changes: number,
  rounds: number,
): Promise<Figure> {
  const store = new PreparedStore(keys, changes, rounds);
  const mirror = openMirror({
    coordination: store as Partial<Coordination> as Coordination,
    prefix: MIRRORED_PREFIX,
    decode: decodeCheck,
    clock: systemClock,
    chance: systemChance,
    logger: silentLogger,
  });
  await store.done;
  await mirror.close();
  // The first round warms up.
  return figureOf(store.roundsUs.slice(1));
}

class PreparedStore implements Pick<Coordination, 'list' | 'watch'> {
  readonly roundsUs: number[] = [];
  readonly done: Promise<void>;
  readonly #finish: () => void;
  readonly #entries: Entry[];
  readonly #items: WatchItem[][];

  constructor(keys: number, changes: number, rounds: number) {
    const chance = seededChance(1);
    this.#entries = Array.from({ length: keys }, (_, at) => entryOf(at, at + 1));
    let revision = keys;
    const itemOf = (): WatchItem => {
      revision += 1;
      const entry = entryOf(chance.integer(keys), revision);
      return { cluster: CLUSTER, revision: entry.modRevision, changes: [{ type: 'put', entry }] };
    };
    this.#items = Array.from({ length: rounds + 1 }, () => Array.from({ length: changes }, itemOf));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.done = promise;
    this.#finish = resolve;
  }

  async list() {
    return { entries: this.#entries, revision: BigInt(this.#entries.length), cluster: CLUSTER };
  }

  async *watch(_prefix: string, _from: bigint, signal: AbortSignal) {
    for (const items of this.#items) {
      const beganMs = performance.now();
      for (const item of items) yield item;
      this.roundsUs.push(((performance.now() - beganMs) * 1_000) / items.length);
    }
    this.#finish();
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  }
}

function entryOf(number: number, revision: number): Entry {
  const operation = putCheck(number);
  const value = operation.type === 'put' ? operation.value : new Uint8Array();
  const { key } = operation;
  return { key, value, createRevision: BigInt(number + 1), modRevision: BigInt(revision) };
}
