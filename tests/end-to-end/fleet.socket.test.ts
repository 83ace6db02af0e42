// A whole fleet as its users have it: checks are applied, assigned, measured and told by all servers
// alike; what is wrong in the store is told and changes nothing; runs, tokens, and who may join.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { AppliedOverview, FleetOverview, Overview } from '@holdfast/resources/api';
import { checksFile } from './fleet-checks.ts';
import { FleetHouse } from './fleet-house.ts';
import { until } from './holdfast-process.ts';
import { type SwitchableTarget, startTarget } from './switchable-target.ts';

let house: FleetHouse;
let target: SwitchableTarget;
let pager: SwitchableTarget;

before(async () => {
  [house, target, pager] = await Promise.all([FleetHouse.open(), startTarget(), startTarget()]);
});

after(async () => {
  if (process.env.SHOW)
    for (const p of [...house.servers.map((s) => s.process), ...house.agents])
      console.log(`#### ${p.id}\n${p.said}`);
  await Promise.all([house?.close(), target?.close(), pager?.close()]);
});

async function apply(text: string, token?: string) {
  const file = join(house.folder.path, `checks-${Math.random()}.yaml`);
  writeFileSync(file, text);
  return house.command(['apply', '-f', file], token);
}

test('checks that are applied are assigned, measured, and told by both servers alike', async () => {
  const { code, error, out } = await apply(checksFile(target.url, pager.url));
  assert.equal(code, 0, error + out);
  const t0 = performance.now();
  for (const server of house.servers)
    await until(async () => {
      const { counts, checks } = await house.ask<Overview>('overview', server);
      return checks.length === 30 && counts.up === 30 ? true : undefined;
    });
  console.log('up after', performance.now() - t0);
  await until(async () => {
    const { live, total } = await house.ask<AppliedOverview>('applied');
    return live === 5 && total === 5 ? true : undefined;
  });
  console.log('applied after', performance.now() - t0);
  const { out: told, code: ended } = await house.command(['get', 'applied']);
  console.log(told, ended);
  const fleet = await house.ask<FleetOverview>('fleet');
  console.log(JSON.stringify(fleet, null, 1));
});
