// Several agents on one machine: each has its own identity and echo identifier, and none takes what was
// meant for another.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger, systemClock } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import { icmpSpec } from '../icmp/testdata/specs.ts';
import { answering, answerText, rawServer } from '../testing/raw-server.ts';
import { startAgent } from './link.ts';
import { checkOf } from './testing/check-of.ts';
import { until } from './testing/linked-agent.ts';
import { http } from './testing/specs.ts';

const AGENTS = ['east', 'west', 'north'];
/** Each agent's results of each check that are waited for. */
const RUNS = 3;

test('three agents ask the same targets side by side, echoes included', async () => {
  const server = await rawServer(answering(() => answerText('200 OK')));
  const results: ProbeResult[] = [];
  const links = AGENTS.map((id) =>
    startAgent({
      clock: systemClock,
      logger: silentLogger,
      id,
      location: id,
      onResults: async (batch) => void results.push(...batch),
    }),
  );
  const checks = [
    checkOf({ name: 'web', spec: http(server.port) }),
    checkOf({ name: 'echo', spec: icmpSpec('127.0.0.1', { packets: 3 }) }),
  ];
  for (const link of links) link.assign({ revision: 1, checks, egress: { deny: [], allow: [] } });
  const runsOf = (agent: string, check: string) =>
    results.filter((result) => result.agent === agent && result.key.check === check);
  await until('each agent has run each check', () =>
    AGENTS.every((agent) => ['web', 'echo'].every((check) => runsOf(agent, check).length >= RUNS)),
  );
  await Promise.all(links.map((link) => link.close()));
  await server.close();
  // Where echoes are not permitted, every agent says so of itself.
  const echoes = new Set(results.filter(({ kind }) => kind === 'icmp').map(({ status }) => status));
  assert.equal(echoes.size, 1, [...echoes].join(', '));
  assert.ok(echoes.has('up') || echoes.has('invalid'));
  const web = results.filter(({ kind }) => kind === 'http');
  assert.deepEqual(new Set(web.map(({ status }) => status)), new Set(['up']));
  assert.ok(results.every(({ agent, key }) => agent === key.location));
});
