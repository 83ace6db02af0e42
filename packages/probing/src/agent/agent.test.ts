// The agent in simulated time. The runner is a stand-in that takes as long as its check's timeout
// says; the real one, real sockets and the real process are in link.socket.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger, sleep } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { CompiledCheck, EgressPolicy } from '@holdfast/resources/compiled-check';
import type { ProbeResult } from '@holdfast/resources/result';
import type { ProbeRunner } from '../probe.ts';
import { Agent } from './agent.ts';
import type { FromAgent } from './protocol.ts';
import { checkOf } from './testing/check-of.ts';
import { resultOf } from './testing/result-of.ts';

const OPEN: EgressPolicy = { deny: [], allow: [] };

test('an assignment is echoed, run on its plan, and its results come in batches', async () => {
  const { clock, agent, of, egress } = fixture();
  const checks = [checkOf({ name: 'a' }), checkOf({ name: 'b', intervalMs: 2_000 })];
  agent.receive({
    type: 'assign',
    assignment: { revision: 7, checks, egress: { deny: ['10.0.0.0/8'], allow: [] } },
  });
  assert.deepEqual(of('assigned'), [{ type: 'assigned', revision: 7 }]);
  assert.deepEqual(egress(), { deny: ['10.0.0.0/8'], allow: [] });
  await clock.advanceAsync(10_500);
  const results = of('results').flatMap((message) => message.results);
  assert.deepEqual(
    of('results').map((message) => message.batch),
    of('results').map((_, index) => index + 1),
  );
  agent.receive({ type: 'stored', batch: of('results').length });
  await clock.advanceAsync(3_000);
  assert.ok(results.length > 0);
});

test('a changed list removes, adds and changes, and leaves the rest alone', async () => {
  const { clock, agent, ran, of } = fixture();
  const [keep, drop, change] = ['keep', 'drop', 'change'].map((name) => checkOf({ name }));
  assert.ok(keep && drop && change);
  const assign = (revision: number, checks: CompiledCheck[]) =>
    agent.receive({ type: 'assign', assignment: { revision, checks, egress: OPEN } });
  assign(1, [keep, drop, change]);
  await clock.advanceAsync(3_000);
  ran.length = 0;
  assign(2, [keep, { ...change, labels: { tier: '1' } }, checkOf({ name: 'new' })]);
  await clock.advanceAsync(3_000);
  const count = (name: string) => ran.filter((check) => check.name === name).length;
  assert.deepEqual([count('keep'), count('drop'), count('change'), count('new')], [3, 0, 3, 3]);
  assert.ok(
    ran.filter(({ name }) => name === 'change').every((check) => check.labels.tier === '1'),
  );
  assert.equal(of('statistics').at(-1)?.statistics.checks, 3);
});

test('what cannot be taken is told, and the assignment before stays in force', async () => {
  const { clock, agent, ran, of } = fixture();
  const assign = (revision: number, deny: string[], check: CompiledCheck) =>
    agent.receive({
      type: 'assign',
      assignment: { revision, checks: [check], egress: { deny, allow: [] } },
    });
  assign(1, [], checkOf({ name: 'good' }));
  assign(2, ['nonsense'], checkOf({ name: 'ill' }));
  assign(3, [], checkOf({ name: 'ill', intervalMs: 1 }));
  await clock.advanceAsync(2_000);
  const problems = of('assigned').map((message) => message.problem !== undefined);
  assert.deepEqual(problems, [false, true, true]);
  assert.deepEqual([...new Set(ran.map((check) => check.name))], ['good']);
});

test('statistics come each second and count what was missed', async () => {
  const { clock, agent, of } = fixture();
  const slow = checkOf({ name: 'slow', timeoutMs: 2_500 });
  agent.receive({ type: 'assign', assignment: { revision: 1, checks: [slow], egress: OPEN } });
  await clock.advanceAsync(10_000);
  assert.equal(of('statistics').length, 10);
  const last = of('statistics').at(-1)?.statistics;
  assert.ok(last && last.missed >= 5, `missed ${last?.missed}`);
  assert.equal(last.missedByCheck['shop/slow'], last.missed);
  assert.equal(last.residentBytes, 1);
});

test('run now is answered with a result, whatever the plan', async () => {
  const { clock, agent, ran } = fixture();
  const checks = [checkOf({ name: 'daily', intervalMs: 86_400_000, paused: true })];
  agent.receive({ type: 'assign', assignment: { revision: 1, checks, egress: OPEN } });
  agent.receive({ type: 'run', namespace: 'shop', check: 'daily' });
  await clock.advanceAsync(1_000);
  assert.equal(ran.length, 1);
});

test('close aborts what is too slow, and every result is sent before it ends', async () => {
  const { clock, agent, of } = fixture();
  const slow = checkOf({ name: 'slow', timeoutMs: 60_000 });
  agent.receive({ type: 'assign', assignment: { revision: 1, checks: [slow], egress: OPEN } });
  await clock.advanceAsync(1_000);
  const before = clock.nowMs();
  let tookMs: number | undefined;
  const closed = agent.close().then(() => {
    tookMs = clock.nowMs() - before;
  });
  await clock.advanceAsync(10_000);
  await closed;
  assert.ok(tookMs !== undefined && tookMs < 5_000, `took ${tookMs} ms`);
  assert.equal(of('results').flatMap((message) => message.results).length, 1);
  assert.equal(clock.pending, 0);
});

function fixture() {
  const clock = new SimulatedClock();
  const sent: FromAgent[] = [];
  const ran: CompiledCheck[] = [];
  let egress = OPEN;
  const runner: ProbeRunner = {
    async run(check, plan, signal): Promise<ProbeResult> {
      ran.push(check);
      await sleep(clock, check.timeoutMs, signal).catch(() => {});
      const { namespace, name } = check;
      const key = { namespace, check: name, location: 'here', attempt: plan.attempt };
      return resultOf({ key: { ...key, plannedAtMs: plan.plannedAtMs } });
    },
    setEgress: (policy) => {
      if (policy.deny.includes('nonsense')) throw new Error('Not a block of addresses.');
      egress = policy;
    },
    close: async () => {},
  };
  const agent = new Agent({
    clock,
    logger: silentLogger,
    runner,
    loopLag: { worstMs: () => 0, close: () => {} },
    residentBytes: () => 1,
    send: (message) => sent.push(message),
  });
  const of = <T extends FromAgent['type']>(type: T) =>
    sent.filter((message): message is Extract<FromAgent, { type: T }> => message.type === type);
  return { clock, agent, sent, ran, of, egress: () => egress };
}
