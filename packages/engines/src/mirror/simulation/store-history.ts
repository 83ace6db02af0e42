// What the store held at each revision that it ever had, kept beside the engine by whoever writes to
// it. A snapshot is held against it: it is right when the store was exactly so at that revision.

import type { Entry } from '../../coordination/coordination.ts';
import { digestOf, digestText, digestWith, EMPTY_DIGEST } from '../digest.ts';
import type { Snapshot } from '../snapshot.ts';

type State = ReadonlyMap<string, Entry>;

export class StoreHistory {
  /** By cluster and revision: several where a store was restored under its old name. */
  readonly #states = new Map<string, State[]>();

  record(cluster: string, revision: bigint, entries: readonly Entry[]): void {
    const name = `${cluster}@${revision}`;
    const states = this.#states.get(name) ?? [];
    states.push(new Map(entries.map((entry) => [entry.key, entry])));
    this.#states.set(name, states);
  }

  /** What is wrong with the snapshot, if anything is. */
  faultOf(snapshot: Snapshot<string>): string | undefined {
    const states = this.#states.get(`${snapshot.cluster}@${snapshot.revision}`) ?? [];
    if (states.length === 0) return `revision ${snapshot.revision} never was`;
    const faults = states.map((state) => stateFault(state, snapshot));
    return faults.includes(undefined) ? digestFault(snapshot) : faults[0];
  }
}

/** Each entry is in force, or broken and told: then an older form of the same key may be in force. */
function stateFault(state: State, snapshot: Snapshot<string>): string | undefined {
  const broken = new Map(snapshot.faults.map((fault) => [fault.key, fault.modRevision]));
  for (const item of snapshot) {
    const entry = state.get(item.key);
    const isPresent =
      entry?.modRevision === item.modRevision && Buffer.from(entry.value).toString() === item.value;
    const isLastGood =
      entry !== undefined &&
      broken.get(item.key) === entry.modRevision &&
      item.modRevision < entry.modRevision;
    if (entry?.createRevision !== item.createRevision || !(isPresent || isLastGood))
      return `${item.key}@${item.modRevision} is not what stood at ${snapshot.revision}`;
  }
  for (const { key, modRevision } of state.values())
    if (snapshot.get(key)?.modRevision !== modRevision && broken.get(key) !== modRevision)
      return `${key}@${modRevision} is missing at ${snapshot.revision}`;
  const surplus = snapshot.faults.find(({ key }) => !state.has(key));
  return surplus && `${surplus.key} is told broken and is not there`;
}

function digestFault(snapshot: Snapshot<string>): string | undefined {
  let digest = EMPTY_DIGEST;
  for (const item of snapshot) digest = digestWith(digest, digestOf(snapshot.cluster, item));
  if (digestText(digest) === snapshot.digest) return undefined;
  return `the digest at ${snapshot.revision} is not that of its items`;
}
