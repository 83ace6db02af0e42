// Counts the values of a file while its tree is made, shared ones as often as they are used.

import { VALUES_MAX } from './source-node.ts';

export class TreeBudget {
  #spent = 0;

  get spent(): number {
    return this.#spent;
  }

  get exceeded(): boolean {
    return this.#spent > VALUES_MAX;
  }

  spend(values: number): void {
    this.#spent += values;
  }
}
