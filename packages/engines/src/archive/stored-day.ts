// Every row that a store has of a day, by check, then time: asked for by the contract, so that it works
// on any engine, and a page at a time, so that a day of any size fits.

import type { CheckReference, ProbeResult } from '@holdfast/resources/result';
import { DAY_MS } from '../results/questions.ts';
import type { Results } from '../results/results.ts';
import { compareChecks } from '../rows/bucket-sums.ts';
import { storeFailed } from '../rows/store-failed.ts';

const PAGE_ROWS = 5_000;

/** Every check that has rows, in the order of archives. */
export async function storedChecks(results: Results): Promise<CheckReference[]> {
  const newest = await results.latest({});
  return newest.map(({ key: { namespace, check } }) => ({ namespace, check })).sort(compareChecks);
}

/** Throws STORE_FAILED when more rows than a page lie on one moment. */
export async function* storedRows(
  results: Results,
  check: CheckReference,
  dayMs: number,
  signal?: AbortSignal,
): AsyncGenerator<ProbeResult> {
  let fromMs = dayMs;
  let told = new Set<string>();
  for (;;) {
    signal?.throwIfAborted();
    const query = { check, fromMs, toMs: dayMs + DAY_MS, limit: PAGE_ROWS };
    const page = await results.series(query);
    const fresh = page.filter(({ key }) => !told.has(JSON.stringify(key)));
    yield* fresh;
    if (page.length < PAGE_ROWS) return;
    // The next page begins with the last moment of this one, some of whose runs were told.
    const lastMs = page.at(-1)?.key.plannedAtMs ?? fromMs;
    if (fresh.length === 0 || (lastMs === fromMs && page[0]?.key.plannedAtMs === lastMs))
      throw storeFailed(
        `More than ${PAGE_ROWS} runs of ${check.check} were planned for one moment`,
      );
    fromMs = lastMs;
    told = new Set(
      page.filter(({ key }) => key.plannedAtMs === lastMs).map(({ key }) => JSON.stringify(key)),
    );
  }
}
