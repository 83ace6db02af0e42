import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentReport } from '@holdfast/fleet/uplink';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { AgentSummary } from '@holdfast/resources/api';
import { AgentReports } from './agent-reports.ts';

function reportOf(id: string): AgentReport {
  return { summary: { id } as AgentSummary, buffered: 0, shed: 0 };
}

test('many reports are told together, and old ones not at all', () => {
  const clock = new SimulatedClock(0);
  const told: string[][] = [];
  const reports = new AgentReports(clock, (agents) => told.push(agents.map(({ id }) => id)));
  for (let n = 0; n < 300; n += 1) reports.take(`a${1_000 + n}`, reportOf(`a${1_000 + n}`));
  clock.advance(2_000);
  assert.equal(told.length, 1);
  assert.equal(told[0]?.length, 100);
  assert.equal(told[0]?.[0], 'a1000');
  clock.advance(40_000);
  assert.deepEqual(reports.summaries(), []);
  assert.equal(reports.of('a1000'), undefined);
});

test('who left is forgotten', () => {
  const clock = new SimulatedClock(0);
  const reports = new AgentReports(clock, () => {});
  for (const id of ['a', 'b']) reports.take(id, reportOf(id));
  reports.forget((agent) => agent === 'b');
  assert.deepEqual(
    reports.summaries().map(({ id }) => id),
    ['b'],
  );
  reports.close();
});
