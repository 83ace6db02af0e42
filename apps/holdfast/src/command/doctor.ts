// `holdfast doctor`: looks whether this machine lets Holdfast measure and keep what it should, and
// says how to mend what does not. Each finding is one line; nothing is changed.

import { lookup } from 'node:dns/promises';
import { accessSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, sleep } from '@holdfast/kernel';
import type { Call, Command, Surroundings } from '../cli/command.ts';
import { paint } from '../cli/terminal.ts';
import { configuration } from './configuration-finding.ts';
import type { Finding } from './finding.ts';
import { type Load, openFiles, storeForecast } from './load-findings.ts';
import {
  capabilities,
  consoleBuilt,
  diskSpace,
  ipv6Loopback,
  pingRange,
  timeKeeper,
} from './machine-findings.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'Look whether this machine lets Holdfast work well',
  usage: '[--data DIR] [--file PATH]',
  arity: [0, 0],
  options: [
    {
      name: 'data',
      short: 'd',
      value: 'DIR',
      summary: 'data folder to look at (default: your data folder)',
    },
    {
      name: 'file',
      short: 'f',
      value: 'PATH',
      summary: 'configuration to look at (default holdfast.yaml here)',
    },
    {
      name: 'listen',
      short: 'l',
      value: 'ADDR',
      summary: 'HTTP address to try',
      default: '127.0.0.1:7070',
    },
    { name: 'network', summary: 'also ask the name servers that this machine uses' },
    { name: 'thorough', summary: 'watch the clock for longer, if a moment is not enough' },
    { name: 'json', summary: 'one JSON object on standard output' },
  ],
  examples: ['holdfast doctor', 'holdfast doctor --data /var/lib/holdfast --json'],
  notes: ['Exit codes: 0 nothing fails (warnings may), 1 something fails, 2 bad usage.'],
  run: runDoctor,
};

const CONSOLE_PAGE = new URL('../../../console/dist/index.html', import.meta.url);

async function runDoctor(call: Call, surroundings: Surroundings): Promise<number> {
  const { terminal, clock } = surroundings;
  const file = await configuration(call, surroundings);
  const findings = [
    runtime(),
    await kernelTimes(clock),
    openFiles(file.load),
    await clockSteadiness(clock, call.flag('thorough')),
    timeKeeper(),
    capabilities(),
    pingRange(process.getgid?.() ?? -1),
    await resolver(),
    ...(call.flag('network') ? await askedServers(clock) : []),
    await ipv6Loopback(),
    ...(await dataFolder(call, surroundings, file.load)),
    await address(call),
    file.finding,
    consoleBuilt(fileURLToPath(CONSOLE_PAGE)),
  ];
  if (call.flag('json')) terminal.out(`${JSON.stringify({ findings })}\n`);
  else terminal.out(findings.map((finding) => line(finding, terminal)).join(''));
  return findings.some((finding) => finding.verdict === 'failure') ? 1 : 0;
}

const MARKS = {
  ok: { unicode: '●', ascii: 'ok', paint: 'green' },
  warning: { unicode: '◆', ascii: '! ', paint: 'amber' },
  failure: { unicode: '▲', ascii: 'X ', paint: 'red' },
} as const;

function line(finding: Finding, terminal: Surroundings['terminal']): string {
  const { unicode, ascii, paint: how } = MARKS[finding.verdict];
  const mark = paint(terminal, how, terminal.unicode ? unicode : ascii);
  const cure =
    finding.cure === undefined
      ? ''
      : `\n  ${' '.repeat(16)}${paint(terminal, 'grey', 'try:')} ${finding.cure}`;
  return `${mark} ${finding.name.padEnd(16)}${finding.text}${cure}\n`;
}

function runtime(): Finding {
  return {
    name: 'runtime',
    verdict: 'ok',
    text: `Node ${process.versions.node} on ${process.platform} ${process.arch}`,
  };
}

/** Connects to a listener of our own and asks the kernel how long that took. */
async function kernelTimes(clock: Clock): Promise<Finding> {
  const { createProbeRunner } = await import('@holdfast/probing/probe');
  const { compileTerseCheck } = await import('@holdfast/resources/load');
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const compiled = compileTerseCheck(
    { name: 'doctor', target: `tcp://127.0.0.1:${port}` },
    () => '',
  );
  const runner = createProbeRunner({
    clock,
    egress: { deny: [], allow: [] },
    agent: 'doctor',
    location: 'local',
    environment: {},
  });
  const plan = { plannedAtMs: clock.wallMs(), attempt: 0, startedLateMs: 0 };
  const result = compiled.ok ? await runner.run(compiled.check, plan) : undefined;
  await runner.close();
  await new Promise((done) => server.close(done));
  const measured = result?.context.kernel?.handshakeMs;
  if (measured !== undefined)
    return {
      name: 'kernel times',
      verdict: 'ok',
      text: `TCP_INFO readable: handshake ${measured.toFixed(3)} ms`,
    };
  const cure = 'Nothing to do on this system; times are then ours alone.';
  return {
    name: 'kernel times',
    verdict: 'warning',
    text: 'the kernel’s handshake time cannot be read here',
    cure,
  };
}

/** A moment tells of a clock that is being set; a second also of one that is slewed. */
const STEADINESS_MS = 200;
const STEADINESS_THOROUGH_MS = 1_000;
const DRIFT_MS_MAX = 5;

/** The wall clock and the monotonic clock must agree on how long a moment is. */
async function clockSteadiness(clock: Clock, thorough: boolean): Promise<Finding> {
  const watchedMs = thorough ? STEADINESS_THOROUGH_MS : STEADINESS_MS;
  const offsetBeforeMs = clock.wallMs() - clock.nowMs();
  await sleep(clock, watchedMs);
  const driftMs = Math.abs(clock.wallMs() - clock.nowMs() - offsetBeforeMs);
  const text = `wall clock moved ${driftMs.toFixed(1)} ms against the monotonic one in ${watchedMs} ms`;
  if (driftMs <= DRIFT_MS_MAX) return { name: 'clock', verdict: 'ok', text };
  return {
    name: 'clock',
    verdict: 'warning',
    text,
    cure: 'look at time synchronisation (chrony, systemd-timesyncd)',
  };
}

async function askedServers(clock: Clock): Promise<Finding[]> {
  const { nameServers } = await import('./network-findings.ts');
  return nameServers(clock);
}

async function resolver(): Promise<Finding> {
  try {
    const addresses = await lookup('localhost', { all: true });
    return {
      name: 'resolver',
      verdict: 'ok',
      text: `localhost is ${addresses.map((one) => one.address).join(', ')}`,
    };
  } catch (error) {
    return {
      name: 'resolver',
      verdict: 'failure',
      text: `localhost cannot be resolved: ${String(error)}`,
      cure: 'look at /etc/hosts and /etc/resolv.conf',
    };
  }
}

async function dataFolder(
  call: Call,
  { environment, workingDirectory }: Surroundings,
  load: Load | undefined,
): Promise<Finding[]> {
  const { standardDataFolder, storeFile } = await import('../data-folder.ts');
  const folder = resolve(
    workingDirectory,
    call.text('data') ?? standardDataFolder(environment, process.platform),
  );
  let existing = folder;
  while (!existsSync(existing) && existing !== dirname(existing)) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK);
    rmSync(mkdtempSync(join(existing, '.holdfast-doctor-')), { recursive: true });
    const text = `${folder} ${existing === folder ? 'can be written' : 'can be made'}`;
    const forecast = load === undefined ? [] : [storeForecast(load, storeFile(folder))];
    return [{ name: 'data folder', verdict: 'ok', text }, diskSpace(existing), ...forecast];
  } catch {
    const text = `${folder} cannot be written`;
    const cure = 'choose another with --data';
    return [{ name: 'data folder', verdict: 'failure', text, cure }];
  }
}

async function address(call: Call): Promise<Finding> {
  const { parseListenAddress } = await import('../listen-address.ts');
  const { host, port } = parseListenAddress(call.text('listen') ?? '');
  const server = createServer();
  const problem = await new Promise<string | undefined>((done) => {
    server.once('error', (error) => done(error.message));
    server.listen(port, host, () => done(undefined));
  });
  if (problem !== undefined)
    return {
      name: 'address',
      verdict: 'warning',
      text: problem,
      cure: 'another Holdfast may run already; else choose another --listen',
    };
  await new Promise((done) => server.close(done));
  return { name: 'address', verdict: 'ok', text: `${host}:${port} is free` };
}
