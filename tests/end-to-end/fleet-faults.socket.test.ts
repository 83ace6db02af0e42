// A fleet while its parts die: agents, the leader, nodes of etcd, Redis, PostgreSQL, all servers. Each
// death is real (SIGKILL, SIGSTOP), and afterwards the record is asked in SQL what was lost.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { FleetOverview, Overview } from '@holdfast/resources/api';
import { checksFile, INTERVAL_MS } from './fleet-checks.ts';
import { FleetHouse, LEASE_MS, type ServerOfFleet } from './fleet-house.ts';
import { byPlace, gapsIn, runsSince, strangersIn } from './fleet-record.ts';
import { until } from './holdfast-process.ts';
import { type SwitchableTarget, startTarget } from './switchable-target.ts';

let house: FleetHouse;
let target: SwitchableTarget;
let pager: SwitchableTarget;
/** Since when all checks run. */
let beganMs = 0;

before(async () => {
  [house, target, pager] = await Promise.all([FleetHouse.open(), startTarget(), startTarget()]);
  const file = join(house.folder.path, 'checks.yaml');
  writeFileSync(file, checksFile(target.url, pager.url));
  const { code, error } = await house.command(['apply', '-f', file]);
  assert.equal(code, 0, error);
  await until(async () => {
    const { counts } = await house.ask<Overview>('overview');
    return counts.up === 30 ? true : undefined;
  });
  beganMs = Date.now();
});

after(async () => {
  if (process.env.SHOW) for (const p of [...house.servers.map((s) => s.process), ...house.agents]) console.log(`#### ${p.id}\n${p.said}`);
  await Promise.all([house?.close(), target?.close(), pager?.close()]);
});

const other = (server: ServerOfFleet) =>
  house.servers.find((one) => one !== server) as ServerOfFleet;

/** Everything planned until now is in the store. */
async function settled(): Promise<void> {
  const nowMs = Date.now();
  await until(async () => {
    const places = byPlace(await runsSince(house, nowMs));
    return places.size === 40 ? true : undefined;
  });
}

async function leads(server: ServerOfFleet): Promise<number> {
  const sinceMs = performance.now();
  await until(async () => {
    const { leader } = await house.ask<FleetOverview>('fleet', server);
    return leader?.id === server.id || undefined;
  });
  return performance.now() - sinceMs;
}

test('an agent that is killed: its checks run at the other one of its place', async () => {
  const [killed, heir] = house.agents;
  const before = byPlace(await runsSince(house, Date.now() - 3_000));
  const orphans = [...before].filter(([, runs]) => runs.at(-1)?.agent === killed?.id);
  assert.ok(orphans.length > 2, `${orphans.length} checks`);
  const killedMs = Date.now();
  await killed?.kill();
  await until(async () => {
    const places = byPlace(await runsSince(house, killedMs));
    return orphans.every(([place]) => places.get(place)?.some(({ agent }) => agent === heir?.id)) || undefined;
  });
  console.log('orphans run after', Date.now() - killedMs);
  await killed?.start();
  await until(async () => {
    const places = byPlace(await runsSince(house, Date.now() - 2_000));
    return orphans.every(([place]) => places.get(place)?.at(-1)?.agent === killed?.id) || undefined;
  });
  await settled();
  const runs = await runsSince(house, beganMs);
  assert.deepEqual(strangersIn(runs, INTERVAL_MS), []);
  const gaps = gapsIn(runs, INTERVAL_MS);
  console.log('gaps', gaps.map((g) => [g.check, g.location, g.fromMs - killedMs, g.missing].join(' ')));
  beganMs = Date.now();
});

test('the leader killed: the other leads, and an alert is told once', async () => {
  const first = await house.leader();
  const second = other(first);
  target.answer(500);
  const killedMs = Date.now();
  await first.process.kill();
  console.log('leads after', await leads(second));
  await until(() => pager.requests > 0 || undefined);
  console.log('told after', Date.now() - killedMs);
  await first.process.start();
  target.answer(200);
  await until(() => pager.requests > 1 || undefined);
  await settled();
  console.log(pager.bodies.map((b) => JSON.parse(b)).map((b) => [b.event, b.check, b.id].join(' ')));
  const runs = await runsSince(house, beganMs);
  assert.deepEqual(strangersIn(runs, INTERVAL_MS), []);
  console.log('gaps', gapsIn(runs, INTERVAL_MS));
});

test('a leader that stood still does nothing when it goes on', async () => {
  const first = await house.leader();
  const second = other(first);
  pager.bodies.length = 0;
  first.process.standStill();
  console.log('leads after', await leads(second));
  target.answer(500);
  await until(() => pager.bodies.length > 0 || undefined);
  const assigned = first.process.lines('Assignments were written.').length;
  first.process.goOn();
  await until(() => first.process.lines('A leadership is over.').length > 0 || undefined);
  target.answer(200);
  await until(() => pager.bodies.length > 1 || undefined);
  await settled();
  assert.equal(first.process.lines('Assignments were written.').length, assigned);
  console.log(first.process.lines('A leadership is over.'));
  console.log(pager.bodies.map((b) => JSON.parse(b)).map((b) => [b.event, b.check, b.id].join(' ')));
  const runs = await runsSince(house, beganMs);
  console.log('gaps', gapsIn(runs, INTERVAL_MS));
});
