// The runs that are going on. An array in which the last takes the place of the one that leaves: a
// Map or Set is rehashed every few runs, and V8's old tables, once promoted, keep their dead runs
// with all their sockets alive until the next full collection, which costs several us a probe.

export interface Placed {
  /** Kept by RunningRuns: runs[run.place] === run. */
  place: number;
}

export class RunningRuns<R extends Placed> {
  readonly #runs: R[] = [];

  add(run: R): void {
    run.place = this.#runs.length;
    this.#runs.push(run);
  }

  /** Of a run that was added, once. */
  remove(run: R): void {
    const last = this.#runs.pop();
    if (last === undefined || last === run) return;
    last.place = run.place;
    this.#runs[run.place] = last;
  }

  /** As of now. */
  all(): R[] {
    return [...this.#runs];
  }
}
