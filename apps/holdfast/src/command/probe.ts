// `holdfast probe`: one probe now, its verdict and its phases, or one after the other with --watch.
// The target goes through the same validation, compilation and prober as a scheduled check, so that
// both always tell the same.

import { HoldfastError, newTraceId, systemChance } from '@holdfast/kernel';
import type { ProbeRunner } from '@holdfast/probing/probe';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { ProbeResult, Status } from '@holdfast/resources/result';
import type { Call, Command, Surroundings } from '../cli/command.ts';
import { loadedPlugins, pluginsNamed } from './probe-plugins.ts';
import { checkOf, PROBE_USAGE } from './probe-target.ts';

const EXIT_CODES: Record<Status, number> = { up: 0, down: 1, timeout: 1, invalid: 3 };

export const probe: Command = {
  name: 'probe',
  summary: 'Probe one target now: verdict, phases, certificate',
  usage: `${PROBE_USAGE} (or --url URL)`,
  arity: [0, 2],
  options: [
    { name: 'url', value: 'URL', summary: 'the target, instead of an argument', inUsage: true },
    { name: 'timeout', short: 't', value: 'TIME', summary: 'total time limit', default: '10s' },
    { name: 'method', short: 'X', value: 'METHOD', summary: 'http: method (default GET)' },
    {
      name: 'header',
      short: 'H',
      value: 'NAME:VALUE',
      summary: 'http, grpc: header; repeatable',
      multiple: true,
    },
    {
      name: 'data',
      short: 'd',
      value: 'TEXT',
      summary: 'http: body to send (the method is then POST)',
    },
    { name: 'http-version', value: 'VERSION', summary: 'http: 1.1, 2 or any (default 1.1)' },
    { name: 'proxy', short: 'x', value: 'URL', summary: 'http: proxy to go through' },
    { name: 'expect-status', value: 'CODES', summary: 'http: such as 200, 2xx or 200-299' },
    { name: 'record', value: 'TYPE', summary: 'dns: record type (default A)' },
    {
      name: 'server',
      value: 'SERVER',
      summary: 'dns: HOST, tls://HOST or https://HOST/PATH',
    },
    { name: 'trace', summary: 'dns: go down from the root and show each step' },
    {
      name: 'root',
      value: 'ADDRESS[:PORT]',
      multiple: true,
      summary: 'dns: root server of your own for --trace; repeatable',
    },
    { name: 'dnssec', summary: 'dns: ask for signatures and validate the answer' },
    { name: 'packets', value: 'N', summary: 'icmp: echo requests (default 1)' },
    { name: 'service', value: 'NAME', summary: 'grpc: service whose health is asked' },
    {
      name: 'starttls',
      value: 'PROTOCOL',
      summary: 'tls: smtp, imap, pop3, ftp or postgres first',
    },
    {
      name: 'plugin',
      value: 'MODULE',
      summary: 'kinds of your own; repeatable (or HOLDFAST_PLUGINS)',
      multiple: true,
    },
    {
      name: 'with',
      value: 'NAME=VALUE',
      summary: 'an option of the plugin; repeatable',
      multiple: true,
    },
    { name: 'address', value: 'IP', summary: 'ask this address instead of the name’s' },
    { name: 'all-addresses', summary: 'ask each address of the name; all must be up' },
    { name: 'ca', value: 'FILE', summary: 'trust these authorities (PEM), not the system’s' },
    { name: 'insecure', short: 'k', summary: 'report a bad certificate without failing' },
    { name: 'include-tls-info', summary: 'show the whole certificate chain' },
    { name: 'verbose', short: 'v', summary: 'show headers, addresses and context' },
    { name: 'json', summary: 'one JSON object on one line for each run' },
    { name: 'yaml', summary: 'the same as YAML' },
    { name: 'watch', short: 'w', summary: 'go on until Ctrl-C, then say the statistics' },
    { name: 'interval', value: 'TIME', summary: 'between the starts of --watch', default: '1s' },
    { name: 'count', value: 'N', summary: 'end --watch after so many runs' },
  ],
  examples: [
    'holdfast probe http https://127.0.0.1:8443/ --include-tls-info',
    'holdfast probe redis://127.0.0.1:6379 --plugin ./redis.js --with info=true --watch',
  ],
  notes: ['Exit codes: 0 up, 1 down or timeout, 2 bad usage, 3 invalid (our own fault).'],
  run: runProbe,
};

async function runProbe(call: Call, surroundings: Surroundings): Promise<number> {
  const { clock, environment } = surroundings;
  if (call.flag('json') && call.flag('yaml')) {
    throw new HoldfastError('USAGE', '--json and --yaml at once', 'Choose one of them.');
  }
  const named = pluginsNamed(call, surroundings);
  const check = await checkOf(call, surroundings.workingDirectory, named);
  const plugins = await loadedPlugins(named, surroundings);
  const { createProbeRunner } = await import('@holdfast/probing/probe');
  const runner = createProbeRunner({
    clock,
    egress: { deny: [], allow: [] },
    agent: 'cli',
    location: 'local',
    environment,
    ...(plugins === undefined ? {} : { plugins }),
  });
  const { warmUp } = await import('./warm-up.ts');
  await warmUp(runner, check, clock);
  const status = call.flag('watch')
    ? await watch(call, surroundings, runner, check)
    : await once(call, surroundings, runner, check);
  await runner.close();
  return EXIT_CODES[status];
}

async function once(
  call: Call,
  surroundings: Surroundings,
  runner: ProbeRunner,
  check: CompiledCheck,
): Promise<Status> {
  const { clock, signal } = surroundings;
  const plan = { plannedAtMs: clock.wallMs(), attempt: 0, startedLateMs: 0 };
  const result = await runner.run(check, plan, signal);
  surroundings.terminal.out(await shown(result, call, surroundings));
  return result.status;
}

async function watch(
  call: Call,
  surroundings: Surroundings,
  runner: ProbeRunner,
  check: CompiledCheck,
): Promise<Status> {
  const { watchProbe, watchPlan } = await import('./probe-watch.ts');
  const plan = watchPlan(call.text('interval'), call.text('count'));
  const program = call.flag('json') || call.flag('yaml');
  return watchProbe({
    ...surroundings,
    run: (signal) => {
      const run = { plannedAtMs: surroundings.clock.wallMs(), attempt: 0, startedLateMs: 0 };
      return runner.run(check, run, signal);
    },
    plan,
    ...(program ? { show: (result) => shown(result, call, surroundings) } : {}),
  });
}

async function shown(
  result: ProbeResult,
  call: Call,
  { clock, terminal }: Surroundings,
): Promise<string> {
  const { flatRecord, terminalReport } = await import('./probe-report.ts');
  const options = {
    tlsInfo: call.flag('include-tls-info'),
    verbose: call.flag('verbose'),
    nowMs: clock.wallMs(),
    traceId: newTraceId(systemChance),
  };
  if (call.flag('json')) return `${JSON.stringify(flatRecord(result, options))}\n`;
  if (!call.flag('yaml')) return terminalReport(result, terminal, options);
  const { stringify } = await import('yaml');
  return `---\n${stringify(flatRecord(result, options))}`;
}
