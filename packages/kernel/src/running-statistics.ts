// Mean and spread of a stream in constant memory. The mean is moved by each value's distance from
// it (Welford 1962), which keeps its digits where a sum of squares would lose them.

export class RunningStatistics {
  #count = 0;
  #mean = 0;
  /** Sum of squared distances from the mean. Never negative. */
  #squares = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** Throws a RangeError for NaN and infinities, which would spoil all that follows. */
  add(value: number): void {
    if (!Number.isFinite(value)) throw new RangeError(`Cannot take ${value} into statistics`);
    this.#count += 1;
    const distance = value - this.#mean;
    this.#mean += distance / this.#count;
    this.#squares += distance * (value - this.#mean);
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  get count(): number {
    return this.#count;
  }

  /** Undefined before the first value, as are `min` and `max`. */
  get mean(): number | undefined {
    return this.#count === 0 ? undefined : this.#mean;
  }

  get min(): number | undefined {
    return this.#count === 0 ? undefined : this.#min;
  }

  get max(): number | undefined {
    return this.#count === 0 ? undefined : this.#max;
  }

  /** Of the sample (divided by count - 1); undefined before the second value. */
  get variance(): number | undefined {
    return this.#count < 2 ? undefined : this.#squares / (this.#count - 1);
  }

  /** Square root of `variance`. */
  get standardDeviation(): number | undefined {
    const variance = this.variance;
    return variance === undefined ? undefined : Math.sqrt(variance);
  }
}
