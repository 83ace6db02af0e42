// Connections kept between the runs of one runner, in pools that checks name. A pool belongs to a
// namespace; what differs in TLS, proxy or version is never shared. The egress policy is asked at each
// use, because it may have changed since, and a certificate that has run out meanwhile is not trusted
// any longer: in both cases the run goes the whole way again, and hears there what is wrong.

import type { Clock } from '@holdfast/kernel';
import type { PoolSpec } from '@holdfast/resources/compiled-check';
import type { Outcome } from '../prober.ts';
import type { Lease } from './lease.ts';
import type { Line } from './line.ts';
import { Place, type PlaceWish, type PoolOfPlace } from './place.ts';

export interface ConnectionWish extends PlaceWish {
  namespace: string;
  /** Host and port that the connection goes to. */
  place: string;
}

export interface ConnectionsParts {
  clock: Clock;
  /** See EgressGuard. */
  allows: (ip: string) => boolean;
}

export class Connections {
  readonly #parts: ConnectionsParts;
  /** By namespace, then by name. */
  readonly #pools = new Map<string, Map<string, Pool>>();

  constructor(parts: ConnectionsParts) {
    this.#parts = parts;
  }

  /** At once; `undefined`: then wait. */
  lease(wish: ConnectionWish): Lease | undefined {
    return this.#placeOf(wish).lease(wish);
  }

  /** When it is this run's turn; a fault at the abort and when too many wait already. */
  wait(wish: ConnectionWish, signal: AbortSignal): Promise<Outcome<Lease>> {
    return this.#placeOf(wish).wait(wish, signal);
  }

  /** For tests and measurements: in use, idle and in the making, of all pools. */
  get count(): number {
    return this.#all().reduce((sum, pool) => sum + pool.count, 0);
  }

  /** Ends all of them, those in use included. */
  close(): void {
    for (const pool of this.#all()) pool.close();
    this.#pools.clear();
  }

  #placeOf({ namespace, pool: { name }, place }: ConnectionWish): Place {
    const known = this.#pools.get(namespace)?.get(name);
    if (known !== undefined) return known.placeOf(place);
    const pools = this.#pools.get(namespace) ?? new Map<string, Pool>();
    const made = new Pool(this.#parts, () => {
      pools.delete(name);
      if (pools.size === 0) this.#pools.delete(namespace);
    });
    this.#pools.set(namespace, pools.set(name, made));
    return made.placeOf(place);
  }

  #all(): Pool[] {
    return [...this.#pools.values()].flatMap((pools) => [...pools.values()]);
  }
}

class Pool implements PoolOfPlace {
  readonly clock: Clock;
  readonly #allows: (ip: string) => boolean;
  readonly #emptied: () => void;
  readonly #places = new Map<string, Place>();
  /** Longest idle first. */
  readonly #idle = new Set<Line>();

  constructor({ clock, allows }: ConnectionsParts, emptied: () => void) {
    this.clock = clock;
    this.#allows = allows;
    this.#emptied = emptied;
  }

  get count(): number {
    return [...this.#places.values()].reduce((sum, place) => sum + place.count, 0);
  }

  placeOf(name: string): Place {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const made = new Place(name, this);
    this.#places.set(name, made);
    return made;
  }

  fit(line: Line): boolean {
    const { peerIp } = line.facts;
    if (peerIp !== undefined && !this.#allows(peerIp)) return false;
    return line.validToMs > this.clock.wallMs();
  }

  becameIdle(line: Line, { idleMax }: PoolSpec): void {
    this.#idle.add(line);
    for (const oldest of this.#idle) {
      if (this.#idle.size <= idleMax) return;
      oldest.destroy();
    }
  }

  becameBusy(line: Line): void {
    this.#idle.delete(line);
  }

  emptied(place: Place): void {
    if (this.#places.get(place.name) === place) this.#places.delete(place.name);
    if (this.#places.size === 0) this.#emptied();
  }

  close(): void {
    for (const place of [...this.#places.values()]) place.close();
  }
}
