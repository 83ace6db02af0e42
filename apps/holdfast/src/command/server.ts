// `holdfast server`: one of several control planes. Its checks are resources that `holdfast apply`
// wrote; agents elsewhere run them. One server leads, any may die.

import { hostname } from 'node:os';
import { HoldfastError } from '@holdfast/kernel';
import type { Call, Command, Surroundings } from '../cli/command.ts';
import { paint } from '../cli/terminal.ts';
import {
  ARCHIVE_OPTION,
  aborted,
  LEASE_OPTION,
  LOG_OPTIONS,
  leaseMsOf,
} from './process-options.ts';
import { servingOptions } from './serving-options.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const server: Command = {
  name: 'server',
  summary: 'Serve a fleet: one of several control planes',
  usage: '[--coordination ADDR] [--events ADDR] [--results ADDR] [--listen HOST:PORT]',
  arity: [0, 0],
  options: [
    {
      name: 'coordination',
      value: 'ADDR',
      summary: 'embedded, or etcd://HOST:2379,… (etcds:// with ?ca=FILE)',
      default: 'embedded',
    },
    { name: 'events', value: 'ADDR', summary: 'memory, or redis://HOST:6379', default: 'memory' },
    {
      name: 'results',
      value: 'ADDR',
      summary: 'sqlite:PATH, or postgres://HOST/DATABASE',
      default: 'sqlite',
    },
    ARCHIVE_OPTION,
    {
      name: 'listen',
      short: 'l',
      value: 'ADDR',
      summary: 'HTTP address',
      default: '127.0.0.1:7070',
    },
    { name: 'advertise', value: 'URL', summary: 'how others reach it (default: where it listens)' },
    { name: 'id', value: 'NAME', summary: 'unique among the servers (default host-port)' },
    LEASE_OPTION,
    { name: 'token', value: 'TOKEN', summary: 'the operator’s; must be set off loopback' },
    {
      name: 'allow-host',
      value: 'NAME',
      summary: 'host name it is called by; repeatable',
      multiple: true,
    },
    {
      name: 'data',
      short: 'd',
      value: 'DIR',
      summary: 'for embedded engines (default: your data folder)',
    },
    ...LOG_OPTIONS,
  ],
  examples: [
    'holdfast server --data ./server',
    'holdfast server --coordination etcd://a:2379,etcd://b:2379 --events redis://r:6379 \\\n      --results postgres://holdfast@p/holdfast --listen 0.0.0.0:7070',
  ],
  notes: [
    'Several servers share all three engines. Keep credentials out of the process list:',
    'HOLDFAST_COORDINATION, HOLDFAST_EVENTS, HOLDFAST_RESULTS and HOLDFAST_TOKEN are read.',
    'Exit codes: 0 stopped by a signal, 1 could not start, 2 bad usage.',
  ],
  run: runServer,
};

async function runServer(call: Call, surroundings: Surroundings): Promise<number> {
  const { terminal, signal } = surroundings;
  const options = await servingOptions(call, surroundings);
  const { parseCoordination, parseEvents } = await import('../engine-address.ts');
  const coordination = parseCoordination(call.text('coordination') ?? 'embedded');
  const events = parseEvents(call.text('events') ?? 'memory');
  const id = idOf(call.text('id') ?? `${hostname()}-${options.listen.port}`);
  const { startServer } = await import('../server/holdfast-server.ts');
  const { fleetServer } = await import('../server/fleet/fleet-server.ts');
  const advertise = call.text('advertise');
  const plan = fleetServer({
    id,
    coordination,
    events,
    leaseMs: leaseMsOf(call),
    ...(advertise === undefined ? {} : { advertise }),
  });
  const running = await startServer(options, plan);
  const shown = (name: string, text: string) => `  ${name.padEnd(13)} ${text}`;
  terminal.out(
    `${[
      `${paint(terminal, 'green', terminal.unicode ? '●' : '+')} holdfast server ${id}, ${running.checks} ${running.checks === 1 ? 'check' : 'checks'}`,
      shown('console', paint(terminal, 'bold', running.url)),
      shown('coordination', coordination.shownAs),
      shown('events', events.shownAs),
      shown('results', options.results.shownAs),
      ...(options.archive === undefined ? [] : [shown('archive', options.archive)]),
      ...(running.checks === 0
        ? [shown('next', `holdfast apply -f holdfast.yaml --server ${running.url}`)]
        : []),
      '  Ctrl-C stops it.',
    ].join('\n')}\n`,
  );
  await aborted(signal);
  await running.close();
  return 0;
}

function idOf(text: string): string {
  if (NAME.test(text)) return text;
  throw new HoldfastError(
    'USAGE',
    `${JSON.stringify(text)} is no name for a server`,
    'Write --id NAME of letters, digits, dots and hyphens, at most 64.',
  );
}
