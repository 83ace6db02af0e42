// How a mirror comes, stays and comes back: read everything, follow from the next revision, and after
// any break prove that the store is still the one we know before going on from there. What cannot be
// proven is read anew and compared. It must never follow a store's stream on mere hope: a watch from
// a revision that the store has not reached yet is silent, and looks like health.

import { fullJitter, HoldfastError, isHoldfastError, sleep } from '@holdfast/kernel';
import { type Listing, WATCH_SIGN_MS, type WatchItem } from '../coordination/coordination.ts';
import type {
  Applied,
  Mirror,
  MirrorListener,
  MirrorOptions,
  MirrorStatus,
  MirrorUpdate,
} from './mirror.ts';
import {
  contradicts,
  doubted,
  type Position,
  positionAfter,
  positionOf,
  revisionOfSameStore,
} from './position.ts';
import {
  afterListing,
  afterTransaction,
  fromListing,
  isContinuation,
  type Revised,
} from './revise.ts';
import type { Snapshot, View } from './snapshot.ts';
import { StreamWatchdog } from './stream-watchdog.ts';

/** Two signs of life may be missed, and a half of one for the way. */
const SILENCE_MS = 2.5 * WATCH_SIGN_MS;
const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 5_000;
/** A stream that lived this long was no failure: the next break begins the backoff anew. */
const RECOVERED_MS = 1_000;
/** Of one revision; all of them stand in the snapshot. */
const FAULTS_LOGGED_MAX = 10;

export class MirrorLoop<T> implements Mirror<T> {
  readonly prefix: string;
  readonly ready: Promise<void>;
  readonly #options: MirrorOptions<T>;
  readonly #listeners = new Set<MirrorListener<T>>();
  readonly #closing = new AbortController();
  readonly #readiness = Promise.withResolvers<void>();
  #run: Promise<void> = Promise.resolve();
  #view: View<T> | undefined;
  #position: Position | undefined;
  /** The stream cannot go on from our position, though the store is the one we know. */
  #mustList = true;
  /** Before it was told, what we show may be older than the store was when we came back. */
  #liveFrom = 0n;
  #status: MirrorStatus;

  constructor(options: MirrorOptions<T>) {
    this.#options = options;
    this.prefix = options.prefix;
    if (options.onChange !== undefined) this.#listeners.add(options.onChange);
    this.#status = { state: 'starting', sinceMs: options.clock.nowMs(), breaks: 0, listings: 0 };
    this.ready = this.#readiness.promise;
    // Nobody has to wait for it.
    this.ready.catch(() => {});
  }

  get current(): Snapshot<T> | undefined {
    return this.#view;
  }

  start(): void {
    this.#run = this.#stayInStep();
  }

  subscribe(listener: MirrorListener<T>): () => void {
    // Of its own, so that a function which subscribes twice is told twice and leaves once at a time.
    const own: MirrorListener<T> = (update) => listener(update);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  applied(): Applied | undefined {
    if (this.#view === undefined) return undefined;
    const { revision, digest, faults } = this.#view;
    return { revision, digest, faults };
  }

  status(): MirrorStatus {
    const revision = this.#position?.revision;
    return { ...this.#status, ...(revision !== undefined && { revision }) };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#listeners.clear();
    await this.#run;
  }

  async #stayInStep(): Promise<void> {
    const { clock, chance } = this.#options;
    const closed = this.#closing.signal;
    for (let attempt = 0; !closed.aborted; attempt += 1) {
      const begunMs = clock.nowMs();
      await this.#session().catch((error: unknown) => this.#broke(error));
      if (clock.nowMs() - begunMs >= RECOVERED_MS) attempt = 0;
      const capMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt, 10));
      await sleep(clock, fullJitter(chance, capMs), closed).catch(() => {});
    }
    this.#readiness.reject(closedTooEarly(this.prefix));
  }

  /** Ends by throwing why, or because the mirror is closed. */
  async #session(): Promise<void> {
    if (this.#mustList || !(await this.#isRecognized())) await this.#list();
    if (!this.#closing.signal.aborted) await this.#follow();
  }

  async #isRecognized(): Promise<boolean> {
    if (this.#position === undefined) return false;
    const { coordination } = this.#options;
    const known = this.#position;
    const present = await revisionOfSameStore(coordination, known, this.#closing.signal);
    if (present === undefined) return false;
    this.#liveFrom = present;
    this.#heard(known.revision);
    return true;
  }

  async #list(): Promise<void> {
    const { coordination } = this.#options;
    const listing = await coordination.list(this.prefix, { signal: this.#closing.signal });
    if (this.#closing.signal.aborted) return;
    const revised = this.#revisedBy(listing);
    this.#position = positionOf(listing);
    this.#mustList = false;
    this.#status.listings += 1;
    this.#liveFrom = listing.revision;
    this.#heard(listing.revision);
    this.#publish(revised);
    this.#readiness.resolve();
  }

  #revisedBy(listing: Listing): Revised<T> {
    const { decode, logger } = this.#options;
    const [view, known] = [this.#view, this.#position];
    if (view === undefined || known === undefined) return fromListing(view, listing, decode);
    if (isContinuation(view, known.revision, listing) && !contradicts(listing, known))
      return afterListing(view, listing, decode);
    const { cluster, revision } = listing;
    const fields = { prefix: this.prefix, cluster, revision: String(revision) };
    logger.warn('The store was replaced by another one; everything is taken from it.', fields);
    return fromListing(view, listing, decode);
  }

  async #follow(): Promise<void> {
    const { coordination, clock } = this.#options;
    const from = (this.#position?.revision ?? 0n) + 1n;
    const session = new AbortController();
    const end = () => session.abort();
    const watchdog = new StreamWatchdog(clock, SILENCE_MS, end);
    this.#closing.signal.addEventListener('abort', end, { once: true });
    try {
      for await (const item of coordination.watch(this.prefix, from, session.signal)) {
        if (session.signal.aborted) break;
        watchdog.heard();
        this.#take(item);
      }
      if (!this.#closing.signal.aborted) throw streamEnded(this.prefix, session.signal.aborted);
    } finally {
      watchdog.stop();
      this.#closing.signal.removeEventListener('abort', end);
      // Where we left in the middle, the engine is told by this too.
      end();
    }
  }

  #take(item: WatchItem): void {
    const { decode } = this.#options;
    const [view, known] = [this.#view, this.#position];
    if (view === undefined || known === undefined) return;
    const isChange = item.changes.length > 0;
    const isOlder = isChange ? item.revision <= known.revision : item.revision < known.revision;
    if (item.cluster !== known.cluster || isOlder) throw doubted(this.prefix, item, known);
    this.#heard(item.revision);
    if (!isChange) return;
    this.#position = positionAfter(item);
    this.#publish(afterTransaction(view, item, decode));
  }

  #publish({ view, changes, faults }: Revised<T>): void {
    const previous = this.#view;
    if (view === previous) return;
    this.#view = view;
    const update: MirrorUpdate<T> = {
      snapshot: view,
      changes,
      ...(previous !== undefined && { previous }),
    };
    for (const listener of [...this.#listeners]) this.#tell(listener, update);
    for (const { key, problem } of faults.slice(0, FAULTS_LOGGED_MAX))
      this.#options.logger.warn('An entry cannot be used; its last good form stays.', {
        key,
        problem,
      });
  }

  #tell(listener: MirrorListener<T>, update: MirrorUpdate<T>): void {
    try {
      listener(update);
    } catch (error) {
      this.#options.logger.error('A listener of a mirror failed.', { prefix: this.prefix, error });
    }
  }

  /** `revision`: how far the store has told us. */
  #heard(revision: bigint): void {
    const nowMs = this.#options.clock.nowMs();
    this.#status.heardAtMs = nowMs;
    if (this.#status.state === 'live' || revision < this.#liveFrom) return;
    const { problem: _, ...status } = this.#status;
    this.#status = { ...status, state: 'live', sinceMs: nowMs };
  }

  #broke(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    if (isHoldfastError(error) && error.code === 'COMPACTED') this.#mustList = true;
    const problem = error instanceof Error ? error.message : String(error);
    const isNew = this.#status.problem !== problem;
    if (this.#status.state === 'live')
      this.#status = { ...this.#status, state: 'stale', sinceMs: this.#options.clock.nowMs() };
    this.#status.breaks += 1;
    this.#status.problem = problem;
    if (isNew)
      this.#options.logger.warn('A mirror lost the store and will come back.', {
        prefix: this.prefix,
        problem,
      });
  }
}

function streamEnded(prefix: string, isSilent: boolean): HoldfastError {
  const how = isSilent ? `was silent for ${SILENCE_MS} ms` : 'ended';
  return new HoldfastError(
    'COORDINATION_FAILED',
    `The watch of ${prefix} ${how}.`,
    'The mirror comes back by itself; if this repeats, look at the store and the way to it.',
  );
}

function closedTooEarly(prefix: string): HoldfastError {
  return new HoldfastError(
    'COORDINATION_FAILED',
    `The mirror of ${prefix} was closed before it had read the store.`,
    'Look at the log for why the store could not be read.',
  );
}
