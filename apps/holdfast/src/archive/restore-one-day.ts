// `holdfast archive restore`: a day put back into a store that is named, where all questions can be asked again.

import { resolve } from 'node:path';
import { restoreDay } from '@holdfast/engines/archive';
import { HoldfastError, silentLogger } from '@holdfast/kernel';
import type { Call, Surroundings } from '../cli/command.ts';
import { parseResults } from '../engine-address.ts';
import { makeFolder } from '../make-folder.ts';
import { openStore } from '../server/engines.ts';
import { assertArchived, openArchive } from './archive-folder.ts';

export async function restoreOneDay(
  folder: string,
  day: string,
  call: Call,
  { clock, terminal, workingDirectory, signal }: Surroundings,
): Promise<number> {
  const data = call.text('data');
  const address = parseResults(call.text('results') ?? 'sqlite');
  const isInData = address.engine === 'sqlite' && address.path === undefined;
  if (isInData && data === undefined)
    throw new HoldfastError(
      'USAGE',
      'archive restore needs to know where to',
      'Write --data DIR for a store of its own, or --results postgres://….',
    );
  const { manifests, faults } = await openArchive(folder);
  if (faults[0] !== undefined) throw faults[0];
  assertArchived([day], manifests);
  const dataFolder = resolve(workingDirectory, data ?? '.');
  if (isInData) makeFolder(dataFolder, 'data');
  const store = await openStore(address, { clock, logger: silentLogger, dataFolder });
  try {
    const restored = await restoreDay(folder, day, store.results, signal);
    const archived = manifests.reduce((sum, each) => sum + (each.day === day ? each.rows : 0), 0);
    const facts = { day, store: store.shownAs, restored, alreadyThere: archived - restored };
    if (call.flag('json')) terminal.out(`${JSON.stringify(facts)}\n`);
    else
      terminal.out(
        `restored ${restored} results of ${day} to ${store.shownAs}, ${facts.alreadyThere} were there\n`,
      );
    return 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    terminal.error('stopped before all was restored; the same command goes on from here\n');
    return 1;
  } finally {
    await store.close();
  }
}
