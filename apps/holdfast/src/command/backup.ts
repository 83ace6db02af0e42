// `holdfast backup` and `holdfast restore`: the results and the alert journal as one file, taken
// while Holdfast runs, put back while it does not.

import { resolve } from 'node:path';
import type { Call, Command, CommandOption, Surroundings } from '../cli/command.ts';

const DATA: CommandOption = {
  name: 'data',
  short: 'd',
  value: 'DIR',
  summary: 'the data folder (default: your data folder)',
};
const JSON_FLAG: CommandOption = { name: 'json', summary: 'one JSON object on standard output' };

export const backup: Command = {
  name: 'backup',
  summary: 'Copy all results into one file, while Holdfast runs',
  usage: 'FILE [--data DIR]',
  arity: [1, 1],
  options: [DATA, JSON_FLAG],
  examples: [
    'holdfast backup results-2026-11-21.db',
    'holdfast backup /mnt/copies/a.db --data ./data',
  ],
  notes: ['Exit codes: 0 copied and proven, 1 failed, 2 bad usage.'],
  run: async (call, surroundings) => {
    const { backupStore } = await import('@holdfast/engines/sqlite-backup');
    const { store, copy } = await paths(call, surroundings);
    return tell(call, surroundings, 'copied to', copy, backupStore(store, copy));
  },
};

export const restore: Command = {
  name: 'restore',
  summary: 'Put a copy back; Holdfast must not run on that folder',
  usage: 'FILE [--data DIR]',
  arity: [1, 1],
  options: [DATA, JSON_FLAG],
  examples: ['holdfast restore results-2026-11-21.db --data ./data'],
  notes: [
    'What stood there is kept beside it as holdfast.db.before-restore.',
    'Exit codes: 0 restored, 1 failed, 2 bad usage.',
  ],
  run: async (call, surroundings) => {
    const { restoreStore } = await import('@holdfast/engines/sqlite-backup');
    const { store, copy } = await paths(call, surroundings);
    return tell(call, surroundings, 'restored to', store, restoreStore(copy, store));
  },
};

async function paths(call: Call, { environment, workingDirectory }: Surroundings) {
  const { standardDataFolder, storeFile } = await import('../data-folder.ts');
  const folder = call.text('data') ?? standardDataFolder(environment, process.platform);
  return {
    store: storeFile(resolve(workingDirectory, folder)),
    copy: resolve(workingDirectory, call.arguments[0] ?? ''),
  };
}

function tell(
  call: Call,
  { terminal }: Surroundings,
  what: string,
  path: string,
  facts: { bytes: number; rawRows: number; schemaVersion: number },
): number {
  const { bytes, rawRows } = facts;
  const megabytes = (bytes / 1e6).toFixed(1);
  if (call.flag('json')) terminal.out(`${JSON.stringify({ path, ...facts })}\n`);
  else terminal.out(`${what} ${path}: ${rawRows} results, ${megabytes} MB, proven whole\n`);
  return 0;
}
