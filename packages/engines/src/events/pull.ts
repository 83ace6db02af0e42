// Takes from a stream of events by count, where a test wants to stop in between and go on.

/** Takes one by one; what is not taken stays. */
export function pull<T>(from: AsyncIterable<T>, abort: AbortController) {
  const iterator = from[Symbol.asyncIterator]();
  const take = async (count: number): Promise<T[]> => {
    const taken: T[] = [];
    while (taken.length < count) {
      const { value, done } = await iterator.next();
      if (done === true) break;
      taken.push(value);
    }
    return taken;
  };
  const end = async () => {
    abort.abort();
    await iterator.return?.();
  };
  return { take, all: () => take(Number.POSITIVE_INFINITY), end };
}
