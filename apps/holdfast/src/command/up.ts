// `holdfast up`: everything in one go on embedded engines — server, agent, store, console. Without
// a file it shows the demo.

import { resolve } from 'node:path';
import { HoldfastError } from '@holdfast/kernel';
import type { Call, Command, Surroundings } from '../cli/command.ts';
import { paint, type Terminal } from '../cli/terminal.ts';
import { ARCHIVE_OPTION, aborted, LOG_OPTIONS } from './process-options.ts';
import { servingOptions } from './serving-options.ts';

export const up: Command = {
  name: 'up',
  summary: 'Start server, agent and console on this machine',
  usage: '[--file PATH] [--listen HOST:PORT] [--data DIR]',
  arity: [0, 0],
  options: [
    {
      name: 'file',
      short: 'f',
      value: 'PATH',
      summary: 'checks to run (default holdfast.yaml here, else the demo)',
    },
    {
      name: 'listen',
      short: 'l',
      value: 'ADDR',
      summary: 'HTTP address',
      default: '127.0.0.1:7070',
    },
    {
      name: 'data',
      short: 'd',
      value: 'DIR',
      summary: 'where results are kept (default: your data folder)',
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
      name: 'token',
      value: 'TOKEN',
      summary: 'needed from every caller; must be set off loopback',
    },
    {
      name: 'allow-host',
      value: 'NAME',
      summary: 'host name this server is called by; repeatable',
      multiple: true,
    },
    {
      name: 'location',
      value: 'NAME',
      summary: 'where the agent stands, in each result',
      default: 'local',
    },
    { name: 'demo', summary: 'show the demo even if there is a file here' },
    { name: 'preset', value: 'NAME', summary: 'dev or prod, weaker than all else; see below' },
    ...LOG_OPTIONS,
  ],
  examples: [
    'holdfast up',
    'holdfast up --file holdfast.yaml --listen 127.0.0.1:8080 --data ./data',
    'HOLDFAST_TOKEN=… holdfast up --listen 0.0.0.0:7070 --allow-host probes.example',
  ],
  notes: [
    'dev: checks may run each second, logs as text. prod: a token and a file are needed,',
    'logs as JSON, a bad run is tried again, results are kept longer.',
    'Exit codes: 0 stopped by a signal, 1 could not start, 2 bad usage.',
  ],
  run: runUp,
};

async function runUp(call: Call, surroundings: Surroundings): Promise<number> {
  const { terminal, workingDirectory, signal } = surroundings;
  const { presetNamed, PROCESS_PRESETS } = await import('../process-preset.ts');
  const preset = presetNamed(call.text('preset'));
  const house = preset && PROCESS_PRESETS[preset];
  if (house?.tokenNeeded && call.text('token') === undefined) {
    const cure = 'Set --token (or HOLDFAST_TOKEN), or leave the preset out.';
    throw new HoldfastError('LISTEN_UNPROTECTED', `the preset ${preset} asks for a token`, cure);
  }
  const options = await servingOptions(call, surroundings, house?.logFormat);
  const { findConfiguration } = await import('../configuration-file.ts');
  const { startServer } = await import('../server/holdfast-server.ts');
  const { alone } = await import('../server/alone.ts');
  const { parseEvents } = await import('../engine-address.ts');
  const named = call.text('file');
  const file =
    named === undefined ? findConfiguration(workingDirectory) : resolve(workingDirectory, named);
  if (house?.fileNeeded && (file === undefined || call.flag('demo'))) {
    const cure = 'Name a file with --file, or leave the preset out.';
    throw new HoldfastError('CONFIG_NOT_FOUND', `the preset ${preset} shows no demo`, cure);
  }
  const plan = alone({
    location: call.text('location') ?? 'local',
    events: parseEvents(call.text('events') ?? 'memory'),
    ...(preset === undefined ? {} : { preset }),
    ...(file === undefined || call.flag('demo')
      ? {}
      : { file: { path: file, shownAs: named ?? file } }),
  });
  const server = await startServer(options, plan);
  greet(terminal, server, plan.demo, options.archive);
  await aborted(signal);
  await server.close();
  return 0;
}

function greet(
  terminal: Terminal,
  server: { url: string; dataFolder: string; checks: number },
  demo: boolean,
  archive: string | undefined,
): void {
  const what = demo ? 'the demo' : `${server.checks} ${server.checks === 1 ? 'check' : 'checks'}`;
  const lines = [
    `${paint(terminal, 'green', terminal.unicode ? '●' : '+')} holdfast runs ${what}`,
    `  console  ${paint(terminal, 'bold', server.url)}`,
    `  metrics  ${server.url}/metrics`,
    `  data     ${server.dataFolder}`,
    ...(archive === undefined ? [] : [`  archive  ${archive}`]),
  ];
  if (demo) lines.push('  next     holdfast init, then holdfast up --file holdfast.yaml');
  lines.push('  Ctrl-C stops it.');
  terminal.out(`${lines.join('\n')}\n`);
}
