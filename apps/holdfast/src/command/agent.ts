// `holdfast agent`: probes at one place for a fleet. It needs the address of its servers and a token,
// and nothing else of them; it keeps probing while they are away.

import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { HoldfastError } from '@holdfast/kernel';
import type { Call, Command, Surroundings } from '../cli/command.ts';
import { paint } from '../cli/terminal.ts';
import { aborted, LEASE_OPTION, LOG_OPTIONS, leaseMsOf, loggerFor } from './process-options.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const agent: Command = {
  name: 'agent',
  summary: 'Probe at this place for a fleet of servers',
  usage: '--server URL --location NAME [--id NAME] [--data DIR]',
  arity: [0, 0],
  options: [
    {
      name: 'server',
      short: 's',
      value: 'URL',
      summary: 'a server of the fleet; repeat it, and any of them may fail',
      multiple: true,
    },
    { name: 'location', value: 'NAME', summary: 'where this agent stands, in each result' },
    { name: 'id', value: 'NAME', summary: 'unique in the fleet (default LOCATION-host)' },
    LEASE_OPTION,
    { name: 'token', value: 'TOKEN', summary: 'of the role agent, or the operator’s' },
    { name: 'ca', value: 'FILE', summary: 'PEM of authorities to trust for https servers' },
    {
      name: 'data',
      short: 'd',
      value: 'DIR',
      summary: 'where results wait for a server (default: your data folder)',
    },
    ...LOG_OPTIONS,
  ],
  examples: [
    'holdfast agent --server http://127.0.0.1:7070 --location fra',
    'HOLDFAST_TOKEN=… holdfast agent -s https://a:7070 -s https://b:7070 --location nyc',
  ],
  notes: [
    'Results that no server takes wait on disk, at most 256 MB of them; the oldest go first.',
    'Exit codes: 0 stopped by a signal, 1 could not start, 2 bad usage.',
  ],
  run: runAgent,
};

async function runAgent(call: Call, surroundings: Surroundings): Promise<number> {
  const { clock, terminal, workingDirectory, environment, signal } = surroundings;
  const location = named(call, 'location');
  const id = call.text('id') === undefined ? `${location}-${hostname()}` : named(call, 'id');
  const servers = call.texts('server').flatMap((one) => one.split(',').filter(Boolean));
  if (servers.length === 0)
    throw new HoldfastError(
      'USAGE',
      'no server is named',
      'Name one with --server http://HOST:7070 (or HOLDFAST_SERVER).',
    );
  const { startAgentNode } = await import('../agent/agent-node.ts');
  const { standardDataFolder } = await import('../data-folder.ts');
  const { readPem } = await import('../named-file.ts');
  const { systemChance } = await import('@holdfast/kernel');
  const [token, ca] = [call.text('token'), call.text('ca')];
  const node = await startAgentNode({
    clock,
    chance: systemChance,
    logger: await loggerFor(call, surroundings),
    servers,
    ...(token === undefined ? {} : { token }),
    ...(ca === undefined ? {} : { ca: readPem(resolve(workingDirectory, ca)) }),
    id,
    location,
    leaseMs: leaseMsOf(call),
    dataFolder: resolve(
      workingDirectory,
      call.text('data') ?? standardDataFolder(environment, process.platform),
    ),
  });
  const sign = paint(terminal, 'green', terminal.unicode ? '●' : '+');
  terminal.out(`${sign} agent ${id} probes at ${location} for ${servers.join(', ')}\n`);
  await aborted(signal);
  await node.close();
  return 0;
}

/** Throws HoldfastError USAGE. */
function named(call: Call, option: string): string {
  const text = call.text(option);
  if (text !== undefined && NAME.test(text)) return text;
  throw new HoldfastError(
    'USAGE',
    text === undefined ? `no ${option} is named` : `${JSON.stringify(text)} is no ${option}`,
    `Write --${option} NAME of letters, digits, dots and hyphens, at most 64.`,
  );
}
