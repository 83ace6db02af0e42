// What a pool saves: 100 targets probed again and again over fresh and over kept connections, plain and
// with TLS, the server in a process of its own. Goal: at least 6 × as many, over 4 connections a host.
//   node --disable-warning=ExperimentalWarning packages/probing/src/connections/keep-alive.bench.ts

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@holdfast/kernel';
import type { PoolSpec } from '@holdfast/resources/compiled-check';
import { createProbeRunner, type ProbeRunner } from '../probe-runner.ts';
import { testCertificates } from '../testing/certificates.ts';
import { httpCheck, RUNNER_OPTIONS } from '../testing/checks.ts';

const TARGETS = 100;
const ROUNDS = 10;
const POOL: PoolSpec = {
  name: 'bench',
  idleMax: 100,
  idlePerHostMax: 4,
  perHostMax: 4,
  idleTimeoutMs: 60_000,
};

interface Answer {
  plain: number;
  secure: number;
  ca: string;
}

async function serve(): Promise<void> {
  const { ca, good } = await testCertificates();
  const servers = [createServer(), createSecureServer(good)];
  for (const server of servers) {
    server.on('request', (_request, response) => response.end('ok'));
    server.keepAliveTimeout = 60_000;
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 });
    await once(server, 'listening');
  }
  const [plain, secure] = servers.map((server) => (server.address() as AddressInfo).port);
  process.send?.({ plain, secure, ca });
}

interface Measured {
  perS: number;
  cpuUs: number;
}

async function measure(runner: ProbeRunner, url: string, ca: string, pooled: boolean) {
  const tls = { verify: true, ca };
  const checks = Array.from({ length: TARGETS }, (_, at) =>
    httpCheck({ url: `${url}${at}`, tls, ...(pooled ? { pool: POOL } : {}) }),
  );
  const round = async () => {
    const plan = { plannedAtMs: systemClock.wallMs(), attempt: 1, startedLateMs: 0 };
    const results = await Promise.all(checks.map((check) => runner.run(check, plan)));
    const bad = results.find(({ status }) => status !== 'up');
    if (bad !== undefined) throw new Error(bad.fault?.message);
  };
  await round();
  await round();
  const before = process.cpuUsage();
  const beganMs = systemClock.nowMs();
  for (let at = 0; at < ROUNDS; at += 1) await round();
  const wallMs = systemClock.nowMs() - beganMs;
  const { user, system } = process.cpuUsage(before);
  const runs = TARGETS * ROUNDS;
  return { perS: (runs / wallMs) * 1000, cpuUs: (user + system) / runs };
}

function line(name: string, fresh: Measured, kept: Measured): string {
  const ratio = (kept.perS / fresh.perS).toFixed(1);
  const cpu = (fresh.cpuUs / kept.cpuUs).toFixed(1);
  const rates = `fresh ${fresh.perS.toFixed(0)}/s, kept ${kept.perS.toFixed(0)}/s, ${ratio} ×`;
  return `${name}: ${rates}; CPU ${fresh.cpuUs.toFixed(0)} and ${kept.cpuUs.toFixed(0)} µs, ${cpu} ×`;
}

async function compare(): Promise<void> {
  const server = fork(fileURLToPath(import.meta.url), ['serve']);
  const [{ plain, secure, ca }] = (await once(server, 'message')) as [Answer];
  const runner = createProbeRunner(RUNNER_OPTIONS);
  for (const url of [`http://127.0.0.1:${plain}/`, `https://127.0.0.1:${secure}/`]) {
    const fresh = await measure(runner, url, ca, false);
    const kept = await measure(runner, url, ca, true);
    process.stdout.write(`${line(url.slice(0, url.indexOf(':')), fresh, kept)}\n`);
  }
  await runner.close();
  server.kill();
}

await (process.argv[2] === 'serve' ? serve() : compare());
