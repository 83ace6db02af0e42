// `holdfast get`: what a fleet has. Resources as a table or as files that can be applied again, whether
// they are live everywhere, and who is there.

import { HoldfastError } from '@holdfast/kernel';
import type { StoredResources } from '@holdfast/resources/resource-api';
import type { Call, Command, Surroundings } from '../cli/command.ts';
import { SERVER_OPTIONS } from '../client/server-options.ts';

const FORMS = ['table', 'yaml', 'json'] as const;
type Form = (typeof FORMS)[number];

export const get: Command = {
  name: 'get',
  summary: 'Resources of a fleet; `applied`, `agents` and `servers`, too',
  usage: '[KIND [NAME] | applied | agents | servers] [-o FORM]',
  arity: [0, 2],
  options: [
    { name: 'namespace', short: 'n', value: 'NAME', summary: 'checks of it only' },
    { name: 'output', short: 'o', value: 'FORM', summary: 'table, yaml or json', default: 'table' },
    { name: 'json', summary: 'the same as -o json' },
    ...SERVER_OPTIONS,
  ],
  examples: [
    'holdfast get                              every resource',
    'holdfast get check checkout -n team-a -o yaml',
    'holdfast get applied                      are they live on every node?',
    'holdfast get agents',
  ],
  notes: [
    'Secrets read <secret>.',
    'Exit codes: 0 told (applied: everywhere), 1 not so or unreachable, 2 bad usage.',
  ],
  run: runGet,
};

async function runGet(call: Call, surroundings: Surroundings): Promise<number> {
  const form = formOf(call);
  const [word, name] = call.arguments;
  const { kindNamed } = await import('../client/kind-name.ts');
  const kind = word === undefined ? undefined : kindNamed(word, ['applied', 'agents', 'servers']);
  const { clientOf } = await import('../client/server-options.ts');
  const client = clientOf(call, surroundings);
  if (kind === 'applied' || kind === 'agents' || kind === 'servers') {
    if (name !== undefined)
      throw new HoldfastError('USAGE', `${kind} takes no name`, `Write \`holdfast get ${kind}\`.`);
    const { tellFleet } = await import('../client/fleet-report.ts');
    return tellFleet(kind, client, surroundings, form);
  }
  const query = new URLSearchParams(
    Object.entries({ kind, name, namespace: call.text('namespace') }).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    ),
  );
  const told = await client.get<StoredResources>(`resources?${query}`);
  if (name !== undefined && told.resources.length === 0)
    throw new HoldfastError(
      'NOT_FOUND',
      `there is no ${kind} ${name}`,
      '`holdfast get` lists all.',
    );
  const { resourceReport } = await import('../client/resource-report.ts');
  surroundings.terminal.out(await resourceReport(told, form, surroundings));
  return 0;
}

function formOf(call: Call): Form {
  if (call.flag('json')) return 'json';
  const form = FORMS.find((one) => one === call.text('output'));
  if (form !== undefined) return form;
  throw new HoldfastError(
    'USAGE',
    `unknown form ${JSON.stringify(call.text('output'))}`,
    `Forms: ${FORMS.join(', ')}.`,
  );
}
