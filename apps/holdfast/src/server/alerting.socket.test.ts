// Alerting that comes and goes with a server's turn, on a real store, with a pager that counts.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openSqliteStore } from '@holdfast/engines/sqlite';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { loadConfiguration } from '@holdfast/resources/load';
import { createMetrics } from '@holdfast/telemetry/metrics';
import { sampleResult } from '../testing/sample.ts';
import { Alerting } from './alerting.ts';

async function world(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-alerting-'));
  const told: string[] = [];
  const pager = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    told.push(JSON.parse(body).event);
    response.end();
  });
  await new Promise<void>((done) => pager.listen(0, '127.0.0.1', done));
  const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
  const store = await openSqliteStore({ ...parts, path: join(folder, 'store.db') });
  const alerting = new Alerting({
    ...parts,
    meter: createMetrics().meter,
    store,
    environment: {},
    onAlert: () => {},
    consoleUrl: () => '',
  });
  context.after(async () => {
    await alerting.stop();
    await store.close();
    pager.closeAllConnections();
    await new Promise((done) => pager.close(done));
    rmSync(folder, { recursive: true, force: true });
  });
  const port = (pager.address() as AddressInfo).port;
  const text = `checks:
  - { name: shop, type: http, target: "http://127.0.0.1/", interval: 5s, timeout: 5s }
channels:
  - { name: pager, type: webhook, url: "http://127.0.0.1:${port}/" }
alerts:
  - { name: page, failures: 2, channels: [pager] }
`;
  const loaded = loadConfiguration({ text, file: 'holdfast.yaml' });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const { configuration } = loaded;
  const result = sampleResult();
  const runs = (status: 'up' | 'down', from: number) =>
    [from, from + 1].map((number) => ({
      ...result,
      key: { ...result.key, check: 'shop', plannedAtMs: systemClock.wallMs() + number },
      status,
    }));
  const observe = async (status: 'up' | 'down', from: number) => {
    for (const run of runs(status, from)) await alerting.observe(run);
  };
  /** And written down, or the next turn would rightly tell it again. */
  const untilTold = async (count: number) => {
    while (told.length < count || (await store.alertJournal.pending()).length > 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return { alerting, configuration, told, observe, untilTold };
}

test('whoever has a second turn alerts as in the first', async (context) => {
  const { alerting, configuration, told, observe, untilTold } = await world(context);
  await alerting.start(configuration, async () => {});
  await alerting.stop();
  await observe('down', 0);
  await alerting.start(configuration, async () => {});
  await observe('down', 2);
  await untilTold(1);
  await alerting.stop();
  await alerting.start(configuration, async () => {});
  await observe('up', 4);
  await untilTold(2);
  assert.deepEqual(told, ['fired', 'recovered']);
});

test('who cannot prove his turn judges nothing, and tells nothing that he had in hand', async (context) => {
  const { alerting, configuration, told, observe, untilTold } = await world(context);
  let proofs = 0;
  let provenMax = 0;
  const proof = async () => {
    proofs += 1;
    if (proofs > provenMax) throw new Error('Another one leads.');
  };
  await alerting.start(configuration, proof);
  await observe('down', 0);
  // For two results, and not for the message that they cause.
  [proofs, provenMax] = [0, 2];
  await observe('down', 2);
  while (proofs < 3 && told.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await alerting.stop();
  assert.deepEqual(told, []);
  await alerting.start(configuration, async () => {});
  await untilTold(1);
  assert.deepEqual(told, ['fired'], 'the successor took it up from the journal');
});
