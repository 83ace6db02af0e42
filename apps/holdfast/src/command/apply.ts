// `holdfast apply`: files become the resources of a fleet. With --watch it stays, and what changes in the
// files is live within a second; a file with faults changes nothing.

import { HoldfastError } from '@holdfast/kernel';
import type { ApplyAnswer } from '@holdfast/resources/resource-api';
import type { Call, Command, Surroundings } from '../cli/command.ts';
import type { ApiClient } from '../client/api-client.ts';
import { FILE_OPTION } from '../client/resource-files.ts';
import { JSON_FLAG, SERVER_NOTE, SERVER_OPTIONS } from '../client/server-options.ts';

export const apply: Command = {
  name: 'apply',
  summary: 'Create or change the resources of a fleet, from files',
  usage: '-f FILE|DIR|- [--prune --owner NAME] [--watch]',
  arity: [0, 0],
  options: [
    FILE_OPTION,
    { name: 'owner', value: 'NAME', summary: 'whose they are, such as the name of a repository' },
    { name: 'prune', summary: 'delete what this owner applied before and does not now' },
    { name: 'dry-run', summary: 'say what would be done' },
    { name: 'watch', summary: 'stay, and apply what changes in the files' },
    JSON_FLAG,
    ...SERVER_OPTIONS,
  ],
  examples: [
    'holdfast apply -f holdfast.yaml',
    'holdfast apply -f checks/ --owner shop --prune --watch',
    'holdfast get Check -o yaml | sed s/30s/1m/ | holdfast apply -f -',
  ],
  notes: [
    'A folder is one configuration: all *.yaml and *.toml below it. What would',
    'result is proven as a whole before anything is written.',
    SERVER_NOTE,
  ],
  run: runApply,
};

async function runApply(call: Call, surroundings: Surroundings): Promise<number> {
  const { clientOf } = await import('../client/server-options.ts');
  const { readWritten } = await import('../client/resource-files.ts');
  const client = clientOf(call, surroundings);
  if (call.flag('watch')) {
    if (call.text('file') === '-')
      throw new HoldfastError(
        'USAGE',
        'standard input cannot be watched',
        'Name a file or a folder.',
      );
    const { watchFiles } = await import('../client/file-sync.ts');
    return watchFiles(call, surroundings, (resources) => applied(client, call, resources));
  }
  const resources = await readWritten(call, surroundings);
  const answer = await applied(client, call, resources);
  await tell(call, surroundings, answer);
  return 0;
}

function applied(
  client: ApiClient,
  call: Call,
  resources: readonly unknown[],
): Promise<ApplyAnswer> {
  const owner = call.text('owner');
  return client.post('resources/apply', {
    resources,
    ...(owner === undefined ? {} : { owner }),
    prune: call.flag('prune'),
    dryRun: call.flag('dry-run'),
  });
}

async function tell(call: Call, { terminal }: Surroundings, answer: ApplyAnswer): Promise<void> {
  const { changedLines, summaryLine } = await import('../client/outcome-report.ts');
  for (const warning of answer.warnings) terminal.error(`warning: ${warning}\n`);
  if (call.flag('json')) terminal.out(`${JSON.stringify(answer)}\n`);
  else terminal.out(changedLines(terminal, answer) + summaryLine(answer));
}
