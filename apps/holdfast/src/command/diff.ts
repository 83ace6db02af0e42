// `holdfast diff`: how files differ from what a fleet has, field by field, with nothing changed.

import type { Call, Command, Surroundings } from '../cli/command.ts';
import { FILE_OPTION } from '../client/resource-files.ts';
import { JSON_FLAG, SERVER_OPTIONS } from '../client/server-options.ts';

export const diff: Command = {
  name: 'diff',
  summary: 'How files differ from what a fleet has',
  usage: '-f FILE|DIR|- [--prune --owner NAME]',
  arity: [0, 0],
  options: [
    { ...FILE_OPTION, summary: 'what to compare: a file, all files below a folder, or -' },
    { name: 'owner', value: 'NAME', summary: 'whose they are, as for apply' },
    { name: 'prune', summary: 'with what this owner applied before and does not now' },
    JSON_FLAG,
    ...SERVER_OPTIONS,
  ],
  examples: ['holdfast diff -f checks/', 'holdfast diff -f checks/ --owner shop --prune'],
  notes: [
    'What may be secret is never shown; that it differs is.',
    'Exit codes: 0 the same, 1 different, refused or unreachable, 2 bad usage.',
  ],
  run: runDiff,
};

async function runDiff(call: Call, surroundings: Surroundings): Promise<number> {
  const { clientOf } = await import('../client/server-options.ts');
  const { readWritten } = await import('../client/resource-files.ts');
  const { differenceReport } = await import('../client/difference-report.ts');
  const { summaryLine } = await import('../client/outcome-report.ts');
  const { terminal } = surroundings;
  const client = clientOf(call, surroundings);
  const resources = await readWritten(call, surroundings);
  const owner = call.text('owner');
  const { answer, lines } = await differenceReport(client, terminal, resources, {
    ...(owner === undefined ? {} : { owner }),
    prune: call.flag('prune'),
  });
  if (call.flag('json')) terminal.out(`${JSON.stringify(answer)}\n`);
  else terminal.out(lines + summaryLine(answer));
  return answer.resources.every(({ change }) => change === 'unchanged') ? 0 : 1;
}
