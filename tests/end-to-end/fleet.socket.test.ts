// A whole fleet as its users have it: checks are applied, assigned, measured and told by all servers
// alike; what is wrong in the store is told and changes nothing; runs are made on demand; tokens open
// what they are for; who does not fit may not join.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { AppliedOverview, Overview, RunState } from '@holdfast/resources/api';
import { TOP } from '../source-files.ts';
import { CHECKS } from './fleet-checks.ts';
import { FleetHouse } from './fleet-house.ts';
import { assignments, byPlace, runsSince } from './fleet-record.ts';
import { type Ended, until } from './holdfast-process.ts';
import { type PlaceTarget, startPlaceTarget } from './place-target.ts';

let house: FleetHouse;
let places: PlaceTarget;

before(async () => {
  [house, places] = await Promise.all([FleetHouse.open(), startPlaceTarget()]);
  await house.applyChecks();
});

after(() => Promise.all([house?.close(), places?.close()]));

const key = (check: string) => `/holdfast/v1/resources/Check/default/${check}`;

async function live(): Promise<AppliedOverview> {
  return until(async () => {
    const applied = await house.ask<AppliedOverview>('applied');
    return applied.live === 5 && applied.total === 5 ? applied : undefined;
  });
}

function refused({ code, error }: Ended, why: RegExp): void {
  assert.equal(code, 1, error);
  assert.match(error, why);
}

test('applied checks are assigned once to each place, measured, and told by both servers alike', async () => {
  const told = await Promise.all(
    house.servers.map((server) => house.ask<Overview>('overview', server)),
  );
  for (const { checks, counts } of told) {
    assert.equal(counts.up, CHECKS);
    assert.equal(checks.length, CHECKS);
  }
  const states = told.map(({ checks }) => checks.map(({ name, state }) => `${name} ${state}`));
  assert.deepEqual(states[0], states[1]);
  const records = await assignments(house);
  const count = (agents: string[]) =>
    records.filter(({ agent }) => agents.includes(agent)).flatMap(({ checks }) => checks).length;
  assert.deepEqual([count(['a1', 'a2']), count(['a3'])], [20, 20]);
  await live();
  const { code, out } = await house.command(['get', 'applied']);
  assert.match(out, /live on 5 of 5 nodes at revision \d+/);
  assert.equal(code, 0);
});

test('a check that is bad at one of two places is judged by its quorum', async () => {
  const check = (name: string, quorum: string) =>
    `  - { name: ${name}, type: http, target: "${places.url}/", interval: 1s, timeout: 1s,
      locations: [fra, nyc], quorum: ${quorum}, headers: { X-Agent: "\${env:HOLDFAST_TEST_AGENT}" } }`;
  places.failFor(['a3']);
  const { code, error } = await house.apply(
    `limits: { interval: { min: 1s } }\nchecks:\n${check('any', '1')}\n${check('most', 'majority')}\n`,
  );
  assert.equal(code, 0, error);
  const become = (any: string, most: string) =>
    until(async () => {
      const { checks } = await house.ask<Overview>('overview');
      const stateOf = (name: string) => checks.find((one) => one.name === name)?.state;
      return (stateOf('any') === any && stateOf('most') === most) || undefined;
    });
  await become('down', 'degraded');
  places.failFor([]);
  await become('up', 'up');
});

test('what is written into etcd by hand is taken up, and what is faulty is told and changes nothing', async () => {
  const read = async () =>
    JSON.parse(await house.etcd.control(['get', '--print-value-only', key('fra-0')]));
  const write = (name: string, value: object) =>
    house.etcd.control(['put', key(name), JSON.stringify(value)]);
  const resource = await read();
  const other = `${house.target.url}other`;
  await write('fra-0', { ...resource, spec: { ...resource.spec, url: other, target: other } });
  const targetOf = async (server = house.servers[0]) => {
    const { checks } = await house.ask<Overview>('overview', server);
    return checks.find(({ name }) => name === 'fra-0')?.target;
  };
  for (const server of house.servers)
    await until(async () => (await targetOf(server)) === other || undefined);
  await write('fra-0', { ...resource, spec: { ...resource.spec, interval: 'often' } });
  for (const server of house.servers) {
    const problem = await until(
      async () => (await house.ask<Overview>('overview', server)).configProblem,
    );
    assert.match(problem.text, /interval/);
    assert.equal(await targetOf(server), other);
  }
  const beganMs = Date.now();
  await until(async () => byPlace(await runsSince(house, beganMs)).has('fra-0@fra') || undefined);
  await write('fra-0', resource);
  await live();
  assert.equal((await house.ask<Overview>('overview')).configProblem, undefined);
});

test('a check is run on demand at each of its places, asked for by command or by a bare entry', async () => {
  const { code, out, error } = await house.command(['run', 'both-1', '--wait', '--json']);
  assert.equal(code, 0, error);
  const asked = JSON.parse(out) as RunState;
  assert.equal(asked.state, 'finished');
  const locationsOf = ({ results }: RunState) => results.map((result) => result.key.location);
  assert.deepEqual(locationsOf(asked), ['fra', 'nyc']);
  const page = readFileSync(join(TOP, 'docs/reference/queue.md'), 'utf8');
  const line = /^redis-cli .*$/m.exec(page)?.[0].replace('redis://127.0.0.1:6379', house.redis.url);
  const script = line?.replace('"shop"', '"both-2"') ?? 'false';
  const run = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trim();
  const state = await until(async () => {
    const told = await house.ask<RunState>(`runs/${run}?wait=3`).catch(() => undefined);
    return told?.state === 'finished' ? told : undefined;
  });
  assert.deepEqual(locationsOf(state), ['fra', 'nyc']);
  assert.equal(state.by, 'queue');
});

test('an agent that is killed with a run in hand leaves it to another one', async () => {
  const { code, error } = await house.apply(
    `checks:
  - { name: slow, type: http, target: "${places.url}/slow", interval: 60s, timeout: 30s, paused: true,
      locations: [fra], headers: { X-Agent: "\${env:HOLDFAST_TEST_AGENT}" } }\n`,
  );
  assert.equal(code, 0, error);
  await live();
  const running = house.command(['run', 'slow', '--wait', '--json']);
  const [holder] = await until(() => (places.waiting.length > 0 ? places.waiting : undefined));
  const killed = house.agents.find(({ id }) => id === holder);
  await killed?.kill();
  await until(() => places.waiting.length > 1 || undefined);
  places.release();
  const ended = await running;
  assert.equal(ended.code, 0, ended.error);
  const [result] = (JSON.parse(ended.out) as RunState).results;
  assert.equal(
    result?.agent,
    ['a1', 'a2'].find((id) => id !== holder),
  );
  await killed?.start();
});

test('a token opens what its role is for, in its namespace, and nothing else', async () => {
  const make = async (role: string) => {
    const { out, code } = await house.command([
      'token',
      role,
      '--role',
      role,
      '-n',
      'bank',
      '--json',
    ]);
    assert.equal(code, 0);
    return JSON.parse(out) as { token: string; sha256: string };
  };
  const [reader, writer, agent] = await Promise.all(['reader', 'writer', 'agent'].map(make));
  const access = Object.entries({ reader, writer, agent }).map(
    ([role, made]) => `      - { name: ${role}, role: ${role}, sha256: "${made?.sha256}" }`,
  );
  const text = `namespaces:\n  - name: bank\n    access:\n${access.join('\n')}\n`;
  const granted = await house.apply(text.replace('role: agent,', 'role: agent, locations: [ams],'));
  assert.equal(granted.code, 0, granted.error);
  await live();
  const check = (namespace: string) =>
    `checks:\n  - { name: vault, namespace: ${namespace}, type: http, interval: 5s, timeout: 5s, target: "${house.target.url}", locations: [ams] }\n`;
  const [byWriter, elsewhere, byReader, seen, byAgent, unknown] = await Promise.all([
    house.apply(check('bank'), writer?.token),
    house.apply(check('default'), writer?.token),
    house.apply(check('bank'), reader?.token),
    house.command(['get', '--json'], reader?.token),
    house.command(['get'], agent?.token),
    house.command(['get'], `${reader?.token}x`),
  ]);
  assert.equal(byWriter.code, 0, byWriter.error);
  refused(elsewhere, /FORBIDDEN/);
  refused(byReader, /FORBIDDEN/);
  assert.ok(!seen.out.includes('both-0'), seen.out);
  refused(byAgent, /FORBIDDEN/);
  refused(unknown, /UNAUTHORIZED/);
  const beganMs = Date.now();
  const own = house.agentProcess('agent', 'ams', agent?.token);
  const stranger = house.agentProcess('agent', 'nyc', agent?.token);
  try {
    await Promise.all([own.start(), assert.rejects(stranger.start(), /FORBIDDEN/)]);
    await until(async () => byPlace(await runsSince(house, beganMs)).has('vault@ams') || undefined);
  } finally {
    await Promise.all([own.end(), stranger.kill()]);
  }
});

test('a server on other engines and an agent with a name that is taken may not join', async () => {
  const engines = house.engines();
  engines.splice(engines.indexOf('--events'), 2);
  const host = new URL(house.servers[0]?.url ?? '').hostname;
  const server = house.serverProcess('s3', `${host}:0`, engines);
  const agent = house.agentProcess('a1', 'fra');
  const again = house.serverProcess('s1', `${host}:0`);
  await Promise.all([
    assert.rejects(server.start(), /FLEET_MISMATCH/),
    assert.rejects(agent.start(), /CONFLICT/),
    assert.rejects(again.start(), /CONFLICT/),
  ]);
  await live();
});
