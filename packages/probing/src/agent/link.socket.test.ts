// The real agent process against real local servers, through its whole life.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { silentLogger, sleep, spreadMs, systemClock } from '@holdfast/kernel';
import { type AgentEnd, AgentProcess } from './agent-process.ts';
import { startAgent } from './link.ts';
import type { FromAgent, ToAgent } from './protocol.ts';
import { checkOf } from './testing/check-of.ts';
import { linkedAgent, until } from './testing/linked-agent.ts';
import { closeServers, listen } from './testing/listen.ts';
import { http, tcp } from './testing/specs.ts';

after(closeServers);

test('an assignment leads to results with the right keys, on the grid', async () => {
  const port = await listen(createServer((socket) => socket.end()));
  const web = await listen(createHttpServer((_, response) => response.end('well')));
  const agent = linkedAgent();
  agent.assign(3, [
    checkOf({ name: 'tcp', spec: tcp(port) }),
    checkOf({ name: 'web', spec: http(web) }),
  ]);
  await until('both were probed twice', () =>
    ['tcp', 'web'].every(
      (name) => agent.results.filter(({ key }) => key.check === name).length >= 2,
    ),
  );
  await agent.link.close();
  assert.equal(agent.link.assignedRevision, 3);
  for (const { key, status, agent: id, kind, loopLagMs } of agent.results) {
    assert.deepEqual(
      [key.namespace, key.location, key.attempt, id],
      ['shop', 'here', 0, 'agent-1'],
    );
    assert.equal(kind, key.check === 'tcp' ? 'tcp' : 'http');
    assert.equal(status, 'up');
    assert.ok(loopLagMs >= 0);
    const phaseMs = Math.floor(spreadMs(`shop/${key.check}`, 1_000));
    assert.equal(key.plannedAtMs % 1_000, phaseMs);
  }
  assert.equal(agent.link.summary().connected, false);
});

test('a live change loses no run: every planned instant before and after has its result', async () => {
  const first = await listen(createServer((socket) => socket.end()));
  const second = await listen(createServer((socket) => socket.end()));
  const agent = linkedAgent();
  agent.assign(1, [checkOf({ name: 'moved', spec: tcp(first) })]);
  await until('it was probed twice', () => agent.results.length >= 2);
  agent.assign(2, [checkOf({ name: 'other' }), checkOf({ name: 'moved', spec: tcp(second) })]);
  const moved = () => agent.results.filter(({ key }) => key.check === 'moved');
  await until(
    'the new port was probed twice',
    () => portsOf(moved()).filter((port) => port === second).length >= 2,
  );
  await agent.link.close();
  const instants = moved().map(({ key }) => key.plannedAtMs);
  const firstMs = instants[0] ?? 0;
  assert.deepEqual(
    instants,
    instants.map((_, index) => firstMs + index * 1_000),
  );
  assert.deepEqual(agent.statistics.at(-1)?.missedByCheck, {});
});

test('killed, the agent is started again and probes what it was last assigned', async () => {
  const port = await listen(createServer((socket) => socket.end()));
  const agent = linkedAgent();
  agent.assign(1, [checkOf({ name: 'a', spec: tcp(port) })]);
  await until('it was probed', () => agent.results.length >= 1);
  process.kill(agent.pids[0] ?? 0, 'SIGKILL');
  await until('another process is ready', () => agent.pids.length === 2);
  const before = agent.results.length;
  await until('it is probed again', () => agent.results.length > before);
  assert.equal(agent.link.summary().connected, true);
  await agent.link.close();
  assert.equal(agent.pids.length, 2);
  await until('it is gone', () => !alive(agent.pids[1] ?? 0));
});

test('when its server is killed the agent ends too', async () => {
  const program = fileURLToPath(new URL('./testing/server-stand-in.ts', import.meta.url));
  const server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(server.stdout, 'data');
  const pid = Number(String(line));
  assert.ok(alive(pid));
  server.kill('SIGKILL');
  await until('the agent is gone', () => !alive(pid));
});

test('stop while a slow probe runs ends within 5 s, and does not blame the target', async () => {
  const silent = await listen(createHttpServer(() => {}));
  const agent = linkedAgent();
  const slow = { name: 'slow', intervalMs: 60_000, timeoutMs: 50_000, paused: true };
  agent.assign(1, [checkOf({ ...slow, spec: http(silent) })]);
  await until('it is assigned', () => agent.link.assignedRevision === 1);
  agent.link.runNow({ namespace: 'shop', check: 'slow' });
  await until('it runs', () => agent.statistics.at(-1)?.inFlight === 1);
  const beforeMs = systemClock.nowMs();
  await agent.link.close();
  const tookMs = systemClock.nowMs() - beforeMs;
  assert.ok(tookMs < 5_000, `took ${tookMs} ms`);
  assert.ok(agent.results.every(({ status }) => status !== 'down'));
  assert.ok(!alive(agent.pids[0] ?? 0));
});

test('a failure measured while the agent stood still is the agent’s own', async () => {
  let asked = false;
  const failing = createHttpServer((_, response) => {
    asked = true;
    setTimeout(() => response.writeHead(500).end(), 100);
  });
  const spec = http(await listen(failing));
  const agent = linkedAgent();
  agent.assign(1, [
    checkOf({ name: 'a', intervalMs: 60_000, timeoutMs: 5_000, paused: true, spec }),
  ]);
  await until('it is assigned', () => agent.link.assignedRevision === 1);
  agent.link.runNow({ namespace: 'shop', check: 'a' });
  await until('the server was asked', () => asked);
  const pid = agent.pids[0] ?? 0;
  process.kill(pid, 'SIGSTOP');
  await sleep(systemClock, 800);
  process.kill(pid, 'SIGCONT');
  await until('the result is there', () => agent.results.length === 1);
  await agent.link.close();
  const [result] = agent.results;
  assert.equal(result?.status, 'invalid');
  assert.equal(result.fault?.code, 'PROBER_STALLED');
  assert.match(
    result.fault.message,
    /without that: down, SERVER_FAILED|without that: down, ASSERTION/,
  );
  assert.ok(result.loopLagMs > 500, `${result.loopLagMs} ms`);
});

test('an agent that fails says why and ends with 1', async () => {
  const said: FromAgent[] = [];
  const end = await new Promise<AgentEnd>((resolve) => {
    const agent = new AgentProcess({
      clock: systemClock,
      id: 'ill',
      location: 'here',
      nodePath: process.execPath,
      warmed: true,
      onMessage: (message) => said.push(message),
      onEnd: resolve,
    });
    // No server sends this: it stands for whatever we got wrong.
    agent.send({ type: 'assign' } as ToAgent);
  });
  assert.equal(end.exitCode, 1);
  assert.match(end.stderr, /TypeError/);
  assert.ok(said.some((message) => message.type === 'log' && message.level === 'error'));
});

test('2,000 checks pass in one assignment, and again, in seconds', async (context) => {
  const agent = linkedAgent();
  const daily = { intervalMs: 86_400_000, paused: true };
  const named = (index: number) => checkOf({ ...daily, name: `check-${index}`, spec: http(1) });
  const checks = Array.from({ length: 2_000 }, (_, index) => named(index));
  await until('it is ready', () => agent.pids.length === 1);
  const beforeMs = systemClock.nowMs();
  agent.assign(1, checks);
  agent.assign(2, checks.slice(1));
  agent.assign(3, checks.slice(2));
  await until('the last is in force', () => agent.link.assignedRevision === 3);
  context.diagnostic(`${Math.round(systemClock.nowMs() - beforeMs)} ms for three assignments`);
  await until('it says so', () => agent.link.summary().checks === 1_998);
  await agent.link.close();
});

test('an agent that cannot start is reported and tried again, and close ends that', async () => {
  const told: string[] = [];
  const link = startAgent({
    clock: systemClock,
    logger: { ...silentLogger, warn: (message) => told.push(message) },
    chance: { next: () => 0, integer: () => 0 },
    id: 'never',
    location: 'here',
    nodePath: '/nonexistent/node',
    onResults: async () => {},
  });
  await until('it was tried three times', () => told.length >= 3);
  await link.close();
  assert.equal(link.summary().connected, false);
});

test('a trial is measured under the egress policy in force, and its result goes nowhere else', async () => {
  const port = await listen(createServer((socket) => socket.end()));
  const agent = linkedAgent();
  await assert.rejects(agent.link.try(checkOf({ spec: tcp(port) })), { code: 'AGENT_FAILED' });
  const egress = { deny: ['127.0.0.2/32'], allow: [] };
  agent.link.assign({ revision: 1, checks: [], egress });
  await until('the policy is in force', () => agent.link.assignedRevision === 1);
  const result = await agent.link.try(checkOf({ name: 'trial', spec: tcp(port) }));
  assert.equal(result.status, 'up');
  assert.equal(result.key.check, 'trial');
  const denied = await agent.link.try(checkOf({ spec: { ...tcp(port), host: '127.0.0.2' } }));
  assert.equal(denied.status, 'invalid');
  await agent.link.close();
  assert.deepEqual(agent.results, []);
});

test('who waits for a trial hears of the death of the agent', async () => {
  const agent = linkedAgent();
  agent.assign(1, []);
  await until('it is in force', () => agent.link.assignedRevision === 1);
  const deaf = await listen(createServer(() => {}));
  const spec = { ...http(deaf), body: 'never answered' };
  const asked = assert.rejects(agent.link.try(checkOf({ timeoutMs: 20_000, spec })), {
    code: 'AGENT_FAILED',
  });
  process.kill(agent.pids[0] ?? 0, 'SIGKILL');
  await asked;
  await agent.link.close();
});

function portsOf(results: { context: { peerPort?: number } }[]): (number | undefined)[] {
  return results.map(({ context }) => context.peerPort);
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
