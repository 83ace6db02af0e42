// `holdfast archive verify`: every file read to its last row, every damage told. What takes longer than a
// moment says how far it is.

import { type Verified, verifyArchive } from '@holdfast/engines/archive';
import type { Clock } from '@holdfast/kernel';
import type { Surroundings } from '../cli/command.ts';
import { assertArchived, openArchive } from './archive-folder.ts';

const PROGRESS_EVERY_MS = 1_000;

export async function verifyDays(
  folder: string,
  days: readonly string[],
  asJson: boolean,
  { clock, terminal, signal }: Surroundings,
): Promise<number> {
  const { manifests, faults } = await openArchive(folder);
  // While a manifest is damaged nobody knows that a day is not there.
  if (faults.length === 0) assertArchived(days, manifests);
  const wanted = days.length === 0 ? undefined : days;
  const total = manifests
    .filter(({ day }) => wanted?.includes(day) ?? true)
    .reduce((sum, { rows }) => sum + rows, 0);
  const sound = { editions: 0, rows: 0 };
  const damaged: { day?: string; message: string }[] = [];
  const note = ({ manifest, fault }: Verified) => {
    if (fault === undefined) {
      sound.editions += 1;
      sound.rows += manifest?.rows ?? 0;
      return;
    }
    damaged.push({ ...(manifest && { day: manifest.day }), message: fault.message });
    terminal.error(`${fault.message}\n`);
  };
  const onRows = everySecond(clock, (rows: number) =>
    terminal.error(`read ${rows} of ${total} results\n`),
  );
  try {
    for await (const each of verifyArchive(folder, wanted, { signal, onRows })) note(each);
  } catch (error) {
    if (!signal.aborted) throw error;
    terminal.error('stopped before all was read\n');
    return 1;
  }
  if (asJson) terminal.out(`${JSON.stringify({ folder, ...sound, damaged })}\n`);
  else {
    const lost = damaged.length === 0 ? 'whole' : `${damaged.length} damaged`;
    terminal.out(`${folder}: ${sound.rows} results in ${sound.editions} editions read, ${lost}\n`);
  }
  return damaged.length === 0 ? 0 : 1;
}

/** Calls it at most so often, and not before the first has passed. */
function everySecond<T>(clock: Clock, tell: (value: T) => void): (value: T) => void {
  let nextMs = clock.nowMs() + PROGRESS_EVERY_MS;
  return (value) => {
    if (clock.nowMs() < nextMs) return;
    nextMs = clock.nowMs() + PROGRESS_EVERY_MS;
    tell(value);
  };
}
