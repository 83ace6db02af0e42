// `holdfast server`: one of several control planes. Its checks are resources that `holdfast apply`
// wrote; agents elsewhere run them. One server leads, any may die.

import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { HoldfastError } from '@holdfast/kernel';
import type { Call, Command, Surroundings } from '../cli/command.ts';
import { paint } from '../cli/terminal.ts';
import {
  ARCHIVE_OPTION,
  aborted,
  archiveOf,
  LEASE_OPTION,
  LOG_OPTIONS,
  leaseMsOf,
  loggerFor,
} from './process-options.ts';

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
  const { clock, environment, terminal, workingDirectory, signal } = surroundings;
  const { parseCoordination, parseEvents, parseResults } = await import('../engine-address.ts');
  const { parseListenAddress } = await import('../listen-address.ts');
  const listen = parseListenAddress(call.text('listen') ?? '');
  const token = call.text('token');
  if (!listen.loopback && token === undefined) {
    const cure = 'Set --token (or HOLDFAST_TOKEN), or listen on 127.0.0.1.';
    throw new HoldfastError('LISTEN_UNPROTECTED', `${listen.host} can be reached by others`, cure);
  }
  const addresses = {
    coordination: parseCoordination(call.text('coordination') ?? 'embedded'),
    events: parseEvents(call.text('events') ?? 'memory'),
    results: parseResults(call.text('results') ?? 'sqlite'),
  };
  const id = idOf(call.text('id') ?? `${hostname()}-${listen.port}`);
  const { standardDataFolder } = await import('../data-folder.ts');
  const { startServer } = await import('../server/holdfast-server.ts');
  const { fleetServer } = await import('../server/fleet/fleet-server.ts');
  const { systemChance } = await import('@holdfast/kernel');
  const advertise = call.text('advertise');
  const plan = fleetServer({
    id,
    coordination: addresses.coordination,
    events: addresses.events,
    leaseMs: leaseMsOf(call),
    ...(advertise === undefined ? {} : { advertise }),
  });
  const options = {
    clock,
    chance: systemChance,
    logger: await loggerFor(call, surroundings),
    listen,
    access: {
      hosts: [listen.host, ...call.texts('allow-host')],
      ...(token === undefined ? {} : { token }),
    },
    dataFolder: resolve(
      workingDirectory,
      call.text('data') ?? standardDataFolder(environment, process.platform),
    ),
    results: addresses.results,
    ...archiveOf(call, surroundings),
    environment,
  };
  const running = await startServer(options, plan);
  const shown = (name: string, text: string) => `  ${name.padEnd(13)} ${text}`;
  terminal.out(
    `${[
      `${paint(terminal, 'green', terminal.unicode ? '●' : '+')} holdfast server ${id}, ${running.checks} ${running.checks === 1 ? 'check' : 'checks'}`,
      shown('console', paint(terminal, 'bold', running.url)),
      shown('coordination', addresses.coordination.shownAs),
      shown('events', addresses.events.shownAs),
      shown('results', addresses.results.shownAs),
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
