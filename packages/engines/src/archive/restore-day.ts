// An archived day put back into a store. Rollups outlive the rows that they count, so a store that has
// forgotten the day's rows and not its sums is refused: it would count each run twice.

import { HoldfastError } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import { DAY_MS } from '../results/questions.ts';
import type { Results } from '../results/results.ts';
import { listArchive } from './manifest.ts';
import { readEditions } from './read-archive.ts';
import { storedChecks, storedRows } from './stored-day.ts';

const BATCH_ROWS = 2_000;

/**
 * Appends an archived day to a store, which keeps what it has; one that was cut off goes on where it
 * was. Returns the rows that were new there. Throws USAGE for a store that counted the day and forgot it.
 */
export async function restoreDay(
  folder: string,
  day: string,
  results: Results,
  signal?: AbortSignal,
): Promise<number> {
  const editions = (await listArchive(folder)).filter((manifest) => manifest.day === day);
  const [first] = editions;
  if (first !== undefined) await assertNotForgotten(results, first, signal);
  let restored = 0;
  let batch: ProbeResult[] = [];
  const send = async () => {
    restored += (await results.append(batch)).appended;
    batch = [];
  };
  for await (const row of readEditions(folder, editions, undefined, signal)) {
    batch.push(row);
    if (batch.length === BATCH_ROWS) await send();
  }
  if (batch.length > 0) await send();
  return restored;
}

async function assertNotForgotten(
  results: Results,
  { day, fromMs, toMs }: { day: string; fromMs: number; toMs: number },
  signal?: AbortSignal,
): Promise<void> {
  const sums = await results.rollups({ fromMs, toMs, stepMs: DAY_MS });
  const runsOf = ({ up, down, timeout, invalid }: (typeof sums)[number]['counts']) =>
    up + down + timeout + invalid;
  const counted = sums.reduce((sum, { counts }) => sum + runsOf(counts), 0);
  if (counted === 0) return;
  let held = 0;
  for (const check of await storedChecks(results))
    for await (const _ of storedRows(results, check, fromMs, signal)) held += 1;
  if (counted <= held) return;
  throw new HoldfastError(
    'USAGE',
    `The store still counts ${counted} runs of ${day} and has ${held} of them: it would count the others twice`,
    'Restore the day into a store of its own.',
  );
}
