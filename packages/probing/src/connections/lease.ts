// The right of one run to one connection of a pool: one that was there, or the leave to make one. Every
// lease is ended once, else its place in the pool is lost.

import type { PoolSpec } from '@holdfast/resources/compiled-check';
import type { Line, LineParts } from './line.ts';
import type { Place } from './place.ts';

export class Lease {
  /** Absent: to be made, and told to `made`. */
  line: Line | undefined;
  /** The connection was there already. */
  readonly reused: boolean;
  readonly #place: Place;
  readonly #key: string;
  readonly #spec: PoolSpec;
  #ended = false;

  constructor(place: Place, key: string, spec: PoolSpec, line: Line | undefined) {
    this.#place = place;
    this.#key = key;
    this.#spec = spec;
    this.line = line;
    this.reused = line !== undefined;
  }

  /** The pool owns the connection from now on. */
  made(parts: LineParts): Line {
    this.line = this.#place.made(this.#key, parts);
    return this.line;
  }

  /** `fit`: the connection can serve another run. Only the first call counts. */
  end(fit: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.line === undefined) this.#place.notMade();
    else this.#place.giveBack(this.line, this.#spec, fit);
  }
}
