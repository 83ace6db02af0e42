// A mirror in a world where everything goes wrong that can, on a clock of its own: writes, deletes and
// transactions of several keys, broken values, compaction, outages, broken, silent and lagging streams,
// stores that are wiped or restored. Every snapshot must have been the store's content at exactly its
// revision, and after quiet the view must be the store. One seed is one course of events.

import { type Chance, seededChance, silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { Operation, Transaction } from '../../coordination/coordination.ts';
import {
  type EmbeddedCoordination,
  openEmbeddedCoordination,
} from '../../embedded/open-embedded.ts';
import { type Mirror, type MirrorUpdate, openMirror } from '../mirror.ts';
import type { Snapshot } from '../snapshot.ts';
import { FaultyCoordination } from './faulty-coordination.ts';
import { StoreHistory } from './store-history.ts';

const PREFIX = '/checks/';
const KEYS_TOTAL = 12;
const STEPS = 120;
/** Longer than silence is noticed after, and the longest backoff. */
const QUIET_MS = 30_000;

export interface MirrorSimulation {
  seed: number;
  snapshots: number;
  breaks: number;
  listings: number;
}

/** Throws, with the seed in its message, when a promise of the mirror is broken. */
export async function simulateMirror(seed: number): Promise<MirrorSimulation> {
  const world = await MirrorWorld.open(seed);
  try {
    for (let step = 0; step < STEPS; step += 1) await world.step();
    await world.quiet();
    return { seed, ...world.told };
  } catch (error) {
    throw new Error(`Seed ${seed}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  } finally {
    await world.close();
  }
}

class MirrorWorld {
  readonly #chance: Chance;
  readonly #clock: SimulatedClock;
  readonly #history = new StoreHistory();
  readonly #coordination: FaultyCoordination;
  readonly #mirror: Mirror<string>;
  readonly #held: { snapshot: Snapshot<string>; text: string }[] = [];
  readonly #unchecked: Snapshot<string>[] = [];
  #engine: EmbeddedCoordination;
  /** Of the store as it is now, for restoring it. */
  #writes: Transaction[] = [];
  #value = 0;
  #compacted = 1n;
  #snapshots = 0;
  #fault: string | undefined;
  #mayGoBack = false;

  static async open(seed: number): Promise<MirrorWorld> {
    const clock = new SimulatedClock();
    const chance = seededChance(seed);
    const engine = await openEmbeddedCoordination({ clock, chance, logger: silentLogger });
    const world = new MirrorWorld(clock, chance, engine);
    await world.#record();
    return world;
  }

  private constructor(clock: SimulatedClock, chance: Chance, engine: EmbeddedCoordination) {
    this.#clock = clock;
    this.#chance = chance;
    this.#engine = engine;
    this.#coordination = new FaultyCoordination(engine, clock, chance);
    this.#mirror = openMirror({
      coordination: this.#coordination,
      prefix: PREFIX,
      decode: ({ value }) => decode(Buffer.from(value).toString()),
      clock,
      chance,
      logger: silentLogger,
      onChange: (update) => this.#check(update),
    });
  }

  get told(): Omit<MirrorSimulation, 'seed'> {
    const { breaks, listings } = this.#mirror.status();
    return { snapshots: this.#snapshots, breaks, listings };
  }

  async step(): Promise<void> {
    const happenings: [weight: number, () => Promise<void> | void][] = [
      [40, () => this.#write()],
      [5, () => this.#writeElsewhere()],
      [6, () => this.#compact()],
      [6, () => this.#coordination.breakStreams()],
      [3, () => this.#coordination.silenceStreams()],
      [3, () => this.#coordination.lagStreams()],
      [6, () => this.#fail()],
      [8, () => this.#heal()],
      [2, () => this.#replace(undefined, 0)],
      [2, () => this.#restore()],
      [25, () => this.#pass(this.#chance.next() * 3_000)],
      [4, () => this.#pass(this.#chance.next() * 20_000)],
    ];
    let at = this.#chance.integer(happenings.reduce((sum, [weight]) => sum + weight, 0));
    const chosen = happenings.find(([weight]) => {
      at -= weight;
      return at < 0;
    });
    await chosen?.[1]();
    await this.#pass(this.#chance.integer(3));
    this.#demandSound();
  }

  /** Everything heals, and the mirror has the time that it may take. */
  async quiet(): Promise<void> {
    this.#heal();
    await this.#pass(QUIET_MS);
    this.#demandSound();
    const store = await this.#engine.list(PREFIX);
    const { current } = this.#mirror;
    const { state } = this.#mirror.status();
    if (current === undefined || state !== 'live') throw new Error(`it is ${state} after quiet`);
    const wrong = this.#history.faultOf(current);
    if (wrong !== undefined) throw new Error(`after quiet ${wrong}`);
    const known = new Map<string, bigint>([...current].map((item) => [item.key, item.modRevision]));
    for (const { key, modRevision } of current.faults) known.set(key, modRevision);
    const isEqual =
      current.cluster === (this.#coordination.cluster ?? store.cluster) &&
      known.size === store.entries.length &&
      store.entries.every(({ key, modRevision }) => known.get(key) === modRevision);
    if (!isEqual) throw new Error('after quiet the view is not the store');
    for (const { snapshot, text } of this.#held)
      if (textOf(snapshot) !== text) throw new Error('a snapshot changed in the hands of a reader');
  }

  async close(): Promise<void> {
    await this.#mirror.close();
    await this.#coordination.close();
    await this.#engine.close();
  }

  #check({ snapshot, previous, changes }: MirrorUpdate<string>): void {
    this.#snapshots += 1;
    if (this.#held.length < 50) this.#held.push({ snapshot, text: textOf(snapshot) });
    this.#unchecked.push(snapshot);
    const isBack = previous?.cluster === snapshot.cluster && snapshot.revision < previous.revision;
    if (isBack && !this.#mayGoBack) this.#fault ??= `it went back to ${snapshot.revision}`;
    if (isBack) this.#mayGoBack = false;
    const content = new Map([...(previous ?? [])].map((item) => [item.key, item]));
    for (const change of changes) {
      if (change.type === 'put') content.set(change.item.key, change.item);
      else content.delete(change.previous.key);
    }
    const isWhole =
      content.size === snapshot.size &&
      [...snapshot].every((item) => content.get(item.key) === item);
    if (!isWhole) this.#fault ??= `the changes told do not lead to ${snapshot.revision}`;
  }

  /** Mirrors may be told of a transaction before its writer has put it down. */
  #demandSound(): void {
    for (const snapshot of this.#unchecked.splice(0))
      this.#fault ??= this.#history.faultOf(snapshot);
    if (this.#fault !== undefined) throw new Error(this.#fault);
  }

  async #write(): Promise<void> {
    const keys = new Set<string>();
    const size = this.#chance.integer(3) === 0 ? 2 + this.#chance.integer(4) : 1;
    while (keys.size < size) keys.add(`${PREFIX}${this.#chance.integer(KEYS_TOTAL)}`);
    await this.#commit([...keys].map((key) => this.#operation(key)));
  }

  #operation(key: string): Operation {
    if (this.#chance.integer(4) === 0) return { type: 'delete', key };
    this.#value += 1;
    const text = `${this.#chance.integer(8) === 0 ? 'broken ' : ''}${this.#value}`;
    return { type: 'put', key, value: Buffer.from(text) };
  }

  #writeElsewhere(): Promise<void> {
    return this.#commit([{ type: 'put', key: '/other', value: Buffer.from('x') }]);
  }

  async #commit(operations: Operation[]): Promise<void> {
    const transaction: Transaction = { if: [], then: operations };
    this.#writes.push(transaction);
    await this.#engine.txn(transaction);
    await this.#record();
  }

  async #record(): Promise<void> {
    const { entries, revision, cluster } = await this.#engine.list(PREFIX);
    this.#history.record(this.#coordination.cluster ?? cluster, revision, entries);
  }

  async #compact(): Promise<void> {
    const { revision } = await this.#engine.list(PREFIX);
    const back = BigInt(this.#chance.integer(5));
    if (revision - back <= this.#compacted) return;
    this.#compacted = revision - back;
    await this.#engine.compact(this.#compacted);
  }

  #fail(): void {
    const isSilent = this.#chance.integer(2) === 0;
    this.#coordination.line = isSilent ? 'silent' : 'refused';
    if (isSilent) this.#coordination.silenceStreams();
    else this.#coordination.breakStreams();
  }

  #heal(): void {
    this.#coordination.line = 'well';
    this.#coordination.latencyMs = this.#chance.integer(3) * this.#chance.integer(100);
  }

  /** From a backup and under its old name. The mirror finds out before the revisions overtake its own. */
  async #restore(): Promise<void> {
    const { cluster } = await this.#coordination.engine.list(PREFIX);
    const kept = this.#chance.integer(this.#writes.length + 1);
    this.#mayGoBack = true;
    await this.#replace(this.#coordination.cluster ?? cluster, kept);
    this.#heal();
    await this.#pass(QUIET_MS);
  }

  async #replace(cluster: string | undefined, kept: number): Promise<void> {
    const old = this.#engine;
    const parts = { clock: this.#clock, chance: this.#chance, logger: silentLogger };
    this.#engine = await openEmbeddedCoordination(parts);
    this.#coordination.cluster = cluster;
    const writes = this.#writes.slice(0, kept);
    this.#writes = [];
    this.#compacted = 1n;
    await this.#record();
    for (const { then } of writes) await this.#commit([...then]);
    this.#coordination.engine = this.#engine;
    await old.close();
  }

  async #pass(ms: number): Promise<void> {
    await this.#clock.advanceAsync(ms);
  }
}

function decode(text: string): string {
  if (text.startsWith('broken')) throw new TypeError(text);
  return text;
}

function textOf(snapshot: Snapshot<string>): string {
  const items = [...snapshot].map(({ key, modRevision }) => `${key}@${modRevision}`);
  return `${snapshot.revision} ${snapshot.digest} ${items.join(' ')}`;
}
