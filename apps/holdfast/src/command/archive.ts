// `holdfast archive`: what stands in a cold tier, whether it holds, and its runs again: as lines for other
// programs, or back in a store.

import { HoldfastError } from '@holdfast/kernel';
import { similarWord } from '@holdfast/resources/similar-word';
import type { Call, Command, Surroundings } from '../cli/command.ts';

const DEEDS = ['list', 'verify', 'read', 'restore'] as const;
type Deed = (typeof DEEDS)[number];

/** What an option means nothing to is refused: it was meant for another. */
const OPTIONS: Record<Deed, readonly string[]> = {
  list: ['json'],
  verify: ['json'],
  read: ['check', 'namespace', 'from', 'to'],
  restore: ['results', 'data', 'json'],
};

export const archive: Command = {
  name: 'archive',
  summary: 'Results that left a store: list, verify, read, restore',
  usage: 'list|verify|read|restore DIR [DAY…] [options]',
  arity: [1, 5_000],
  options: [
    { name: 'check', value: 'NAME', summary: 'read: runs of it only' },
    { name: 'namespace', short: 'n', value: 'NAME', summary: 'read: of it only' },
    { name: 'from', value: 'TIME', summary: 'read: 2026-03-01 or 2026-03-01T12:30Z (UTC)' },
    { name: 'to', value: 'TIME', summary: 'read: until before this' },
    {
      name: 'results',
      value: 'ADDR',
      summary: 'restore: sqlite:PATH, or postgres://HOST/DATABASE',
    },
    {
      name: 'data',
      short: 'd',
      value: 'DIR',
      summary: 'restore: data folder with a store of SQLite',
    },
    { name: 'json', summary: 'list, verify, restore: JSON on standard output' },
  ],
  examples: [
    'holdfast archive list ./archive',
    'holdfast archive verify ./archive 2026-03-01',
    'holdfast archive read ./archive --check shop --from 2026-03-01 | jq .totalMs',
    'holdfast archive restore ./archive 2026-03-01 --data ./march',
  ],
  notes: [
    'DIR is what --archive of a server names. read writes one JSON object a line, day',
    'by day and check by check. restore needs a store that has not counted the day',
    'before (best one of its own), and that no Holdfast runs on if it is SQLite.',
    'Exit codes: 0 done, 1 damaged, not there or cut off, 2 bad usage.',
  ],
  run: runArchive,
};

async function runArchive(call: Call, surroundings: Surroundings): Promise<number> {
  const [word = '', folder, ...days] = call.arguments;
  const deed = deedNamed(word);
  if (folder === undefined)
    throw usage('the folder of the archive is missing', `Usage: holdfast archive ${deed} DIR`);
  const strange = archive.options.find(
    ({ name }) => call.given(name) && !OPTIONS[deed].includes(name),
  );
  if (strange !== undefined)
    throw usage(`archive ${deed} knows no --${strange.name}`, 'See `holdfast archive --help`.');
  const { resolve } = await import('node:path');
  const path = resolve(surroundings.workingDirectory, folder);
  switch (deed) {
    case 'list': {
      noDays(deed, days);
      const { listDays } = await import('../archive/list-days.ts');
      return listDays(path, call.flag('json'), surroundings);
    }
    case 'verify': {
      const { verifyDays } = await import('../archive/verify-days.ts');
      return verifyDays(path, days, call.flag('json'), surroundings);
    }
    case 'read': {
      noDays(deed, days);
      const { readRuns } = await import('../archive/read-runs.ts');
      return readRuns(path, call, surroundings);
    }
    case 'restore': {
      const [day] = days;
      if (day === undefined || days.length > 1)
        throw usage('restore takes one day', 'Write `holdfast archive restore DIR 2026-03-01`.');
      const { restoreOneDay } = await import('../archive/restore-one-day.ts');
      return restoreOneDay(path, day, call, surroundings);
    }
  }
}

function deedNamed(word: string): Deed {
  const known = DEEDS.find((one) => one === word);
  if (known !== undefined) return known;
  const near = similarWord(word, DEEDS);
  const cure =
    near === undefined
      ? `Write one of ${DEEDS.join(', ')} before the folder.`
      : `Did you mean \`holdfast archive ${near}\`?`;
  throw usage(`archive cannot ${JSON.stringify(word)}`, cure);
}

function noDays(deed: Deed, [day]: readonly string[]): void {
  if (day === undefined) return;
  const cure = deed === 'read' ? 'Name a range with --from and --to.' : 'It lists all days.';
  throw usage(`archive ${deed} takes no day, but got ${day}`, cure);
}

function usage(what: string, cure: string): HoldfastError {
  return new HoldfastError('USAGE', what, cure);
}
