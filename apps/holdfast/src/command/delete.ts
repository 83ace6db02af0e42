// `holdfast delete`: one resource less. What others still name is refused by the server.

import type { ApplyAnswer } from '@holdfast/resources/resource-api';
import { DEFAULT_NAMESPACE } from '@holdfast/resources/resource-name';
import type { Call, Command, Surroundings } from '../cli/command.ts';
import { JSON_FLAG, SERVER_NOTE, SERVER_OPTIONS } from '../client/server-options.ts';

export const deleteResource: Command = {
  name: 'delete',
  summary: 'Delete a resource of a fleet',
  usage: 'KIND NAME [-n NAMESPACE]',
  arity: [2, 2],
  options: [
    {
      name: 'namespace',
      short: 'n',
      value: 'NAME',
      summary: 'of a check',
      default: DEFAULT_NAMESPACE,
    },
    { name: 'dry-run', summary: 'say what would be done' },
    JSON_FLAG,
    ...SERVER_OPTIONS,
  ],
  examples: ['holdfast delete Check checkout -n team-a', 'holdfast delete channel chat --dry-run'],
  notes: ['What is still named by others is refused.', SERVER_NOTE],
  run: runDelete,
};

async function runDelete(call: Call, surroundings: Surroundings): Promise<number> {
  const { clientOf } = await import('../client/server-options.ts');
  const { kindNamed } = await import('../client/kind-name.ts');
  const { changedLines, summaryLine } = await import('../client/outcome-report.ts');
  const { terminal } = surroundings;
  const [word = '', name = ''] = call.arguments;
  const namespace = call.text('namespace') ?? DEFAULT_NAMESPACE;
  const resource = { kind: kindNamed(word), namespace, name };
  const body = { resources: [resource], dryRun: call.flag('dry-run') };
  const client = clientOf(call, surroundings);
  const answer = await client.post<ApplyAnswer>('resources/delete', body);
  if (call.flag('json')) terminal.out(`${JSON.stringify(answer)}\n`);
  else terminal.out(changedLines(terminal, answer) + summaryLine(answer));
  return 0;
}
