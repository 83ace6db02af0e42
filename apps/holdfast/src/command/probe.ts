// `holdfast probe`: one probe now, its verdict and its phases. The target goes through the same
// validation, compilation and prober as a scheduled check, so that both always tell the same.

import { HoldfastError } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { Status } from '@holdfast/resources/result';
import type { Call, Command, Surroundings } from '../cli/command.ts';

const KINDS = ['http', 'tcp'];
const EXIT_CODES: Record<Status, number> = { up: 0, down: 1, timeout: 1, invalid: 3 };

export const probe: Command = {
  name: 'probe',
  summary: 'Probe one target now: verdict, phases, certificate',
  usage: '[http|tcp] TARGET',
  arity: [0, 2],
  options: [
    { name: 'url', value: 'URL', summary: 'the target, instead of an argument' },
    { name: 'timeout', short: 't', value: 'TIME', summary: 'total time limit', default: '10s' },
    { name: 'method', short: 'X', value: 'METHOD', summary: 'HTTP method', default: 'GET' },
    {
      name: 'header',
      short: 'H',
      value: 'NAME:VALUE',
      summary: 'request header; repeatable',
      multiple: true,
    },
    { name: 'expect-status', value: 'CODES', summary: 'such as 200, 2xx or 200-299' },
    { name: 'ca', value: 'FILE', summary: 'trust these authorities (PEM) instead of the system’s' },
    { name: 'insecure', short: 'k', summary: 'report a bad certificate without failing' },
    { name: 'include-tls-info', summary: 'show the whole certificate chain' },
    { name: 'verbose', short: 'v', summary: 'show headers, addresses and context' },
    { name: 'json', summary: 'one JSON object on standard output' },
  ],
  examples: [
    'holdfast probe http https://127.0.0.1:8443/ --include-tls-info',
    'holdfast probe tcp 127.0.0.1:5432 --timeout 2s',
    'holdfast probe --url http://127.0.0.1:7070/healthz --json',
  ],
  notes: ['Exit codes: 0 up, 1 down or timeout, 2 bad usage, 3 invalid (our own fault).'],
  run: runProbe,
};

async function runProbe(call: Call, surroundings: Surroundings): Promise<number> {
  const { terminal, clock, environment, signal } = surroundings;
  const check = await checkOf(call, surroundings.workingDirectory);
  const { createProbeRunner } = await import('@holdfast/probing/probe');
  const runner = createProbeRunner({
    clock,
    egress: { deny: [], allow: [] },
    agent: 'cli',
    location: 'local',
    environment,
  });
  const { warmUp } = await import('./warm-up.ts');
  await warmUp(runner, check, clock);
  const plannedAtMs = clock.wallMs();
  const result = await runner.run(check, { plannedAtMs, attempt: 0, startedLateMs: 0 }, signal);
  await runner.close();
  const { flatRecord, terminalReport } = await import('./probe-report.ts');
  const options = {
    tlsInfo: call.flag('include-tls-info'),
    verbose: call.flag('verbose'),
    nowMs: clock.wallMs(),
  };
  if (call.flag('json')) terminal.out(`${JSON.stringify(flatRecord(result, options))}\n`);
  else terminal.out(terminalReport(result, terminal, options));
  return EXIT_CODES[result.status];
}

/** Writes the call as the check that a person would write, and compiles that. */
async function checkOf(call: Call, workingDirectory: string): Promise<CompiledCheck> {
  const { kind, target } = targetOf(call);
  const written = {
    name: 'probe',
    ...(kind === undefined ? {} : { type: kind }),
    target,
    interval: '24h',
    timeout: call.text('timeout'),
    ...(kind === 'tcp' || target.startsWith('tcp://') ? {} : httpFields(call)),
  };
  const { compileTerseCheck } = await import('@holdfast/resources/load');
  const { readFileSync } = await import('node:fs');
  const { resolve } = await import('node:path');
  const compiled = compileTerseCheck(written, (path) =>
    readFileSync(resolve(workingDirectory, path), 'utf8'),
  );
  if (compiled.ok) return compiled.check;
  const what = compiled.problems.map(({ path, message }) => `${path} ${message}`).join('; ');
  const hint = compiled.problems.map((problem) => problem.hint).find((text) => text !== undefined);
  throw new HoldfastError('USAGE', what, hint ?? 'See `holdfast probe --help`.');
}

function targetOf(call: Call): { kind?: string; target: string } {
  const [first, second] = call.arguments;
  const url = call.text('url');
  const kindGiven = second !== undefined || (url !== undefined && first !== undefined);
  const kind = kindGiven ? first : undefined;
  const target = url ?? (second === undefined ? first : second);
  if (target === undefined || (url !== undefined && second !== undefined)) {
    throw new HoldfastError(
      'USAGE',
      'exactly one target is needed',
      `Usage: holdfast probe ${probe.usage}`,
    );
  }
  if (kind === undefined) return KINDS.includes(target) ? missingTarget(target) : inferred(target);
  if (!KINDS.includes(kind)) {
    throw new HoldfastError(
      'USAGE',
      `unknown kind ${JSON.stringify(kind)}`,
      `Kinds: ${KINDS.join(', ')}.`,
    );
  }
  return { kind, target };
}

function missingTarget(kind: string): never {
  throw new HoldfastError('USAGE', 'the target is missing', `Usage: holdfast probe ${kind} TARGET`);
}

/** `host:port` without a scheme is a TCP target, anything else without a scheme a web address. */
function inferred(target: string): { kind?: string; target: string } {
  if (target.includes('://')) return { target };
  return /^[^/]+:\d+$/.test(target) ? { kind: 'tcp', target } : { kind: 'http', target };
}

function httpFields(call: Call): Record<string, unknown> {
  const headers = Object.fromEntries(call.texts('header').map(headerOf));
  const status = call.text('expect-status');
  const ca = call.text('ca');
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(call.flag('insecure') ? { verify: false } : {}),
  };
  return {
    method: call.text('method'),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(status === undefined
      ? {}
      : { expect: { status: /^\d+$/.test(status) ? Number(status) : status } }),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
  };
}

function headerOf(text: string): [string, string] {
  const colon = text.indexOf(':');
  if (colon > 0) return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
  throw new HoldfastError(
    'USAGE',
    `header ${JSON.stringify(text)} has no colon`,
    'Write it as "Name: value".',
  );
}
