// How much a peer may still send (RFC 9113 section 5.2). What came is used at once here, so the window is
// opened again whenever half of it is gone.

export class ReceiveWindow {
  readonly #bytes: number;
  #left: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
    this.#left = bytes;
  }

  /** false: it is more than was allowed. */
  take(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left >= 0;
  }

  /** By how much to open it now; mostly 0. */
  refill(): number {
    if (this.#left * 2 > this.#bytes) return 0;
    const missing = this.#bytes - this.#left;
    this.#left = this.#bytes;
    return missing;
  }
}
