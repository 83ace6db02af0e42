// The pages on the real server in a real browser: alive, quick to tell, and whole in both themes and
// widths.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startUp, temporaryFolder, type Up } from './holdfast-process.ts';
import { type SwitchableTarget, startTarget } from './switchable-target.ts';

const folder = temporaryFolder();
let browser: Browser;
let target: SwitchableTarget;
let up: Up;

before(async () => {
  target = await startTarget();
  const file = join(folder.path, 'holdfast.yaml');
  writeFileSync(
    file,
    `limits: { interval: { min: 1s } }
checks:
  - { name: shop, type: http, target: "${target.url}", interval: 1s, labels: { team: shop } }
  - { name: port, type: tcp, target: "${target.url.replace('http:', 'tcp:').replace(/\/$/, '')}", interval: 1s }
`,
  );
  up = await startUp(['--file', file, '--data', join(folder.path, 'data')]);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
});

after(async () => {
  await browser.close();
  await up.stop();
  await target.close();
  folder.remove();
});

interface Look {
  width: number;
  height: number;
  colorScheme: 'light' | 'dark';
}

const LOOKS: Look[] = [
  { width: 1280, height: 800, colorScheme: 'light' },
  { width: 1280, height: 800, colorScheme: 'dark' },
  { width: 375, height: 812, colorScheme: 'light' },
  { width: 375, height: 812, colorScheme: 'dark' },
];

async function open(path: string, look: Look, problems: string[] = []): Promise<Page> {
  const { width, height, colorScheme } = look;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(up.url + path);
  return page;
}

const DESK: Look = { width: 1280, height: 800, colorScheme: 'light' };

test('a check that goes down is on the page within its interval + 1 s, and comes back', async () => {
  target.answer(200);
  const page = await open('/', DESK);
  await page.getByText('shop', { exact: false }).first().waitFor();
  await page.getByRole('heading', { level: 1 }).filter({ hasNotText: /down/i }).first().waitFor();
  target.answer(500);
  const brokenAtMs = performance.now();
  await page
    .getByText(/1 of 2 checks is down/i)
    .first()
    .waitFor({ timeout: 5_000 });
  const seenAfterMs = performance.now() - brokenAtMs;
  assert.ok(seenAfterMs < 2_000, `seen after ${seenAfterMs.toFixed(0)} ms`);
  await page
    .getByText(/503|500/)
    .first()
    .waitFor();
  target.answer(200);
  await page.getByText(/1 of 2 checks is down/i).waitFor({ state: 'detached', timeout: 5_000 });
  await page.close();
});

test('every page is whole in both themes and widths: no errors, nothing wider than the screen', async () => {
  for (const look of LOOKS) {
    for (const path of [
      '/',
      '/checks',
      '/checks/new',
      '/checks/default/shop',
      '/alerts',
      '/fleet',
    ]) {
      const problems: string[] = [];
      const page = await open(path, look, problems);
      await page
        .getByText(/shop|alert|fleet/i)
        .first()
        .waitFor();
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      assert.ok(Number(overflow) <= 0, `${path} at ${look.width} px is ${overflow} px too wide`);
      assert.deepEqual(problems, [], `${path} at ${look.width} px, ${look.colorScheme}`);
      await page.close();
    }
  }
});

test('from the overview to the raw result by clicking', async () => {
  const page = await open('/', DESK);
  await page.getByRole('link', { name: /shop/ }).first().click();
  await page.waitForURL('**/checks/default/shop');
  await page
    .getByText(/Connect/)
    .first()
    .waitFor();
  await page.getByText(/Raw result/i).click();
  await page.getByText('"status_code": 200').first().waitFor();
  await page.close();
});

test('a run that is asked for on a check’s page is told of on the fleet’s', async () => {
  const page = await open('/checks/default/shop', DESK);
  const asked = page.waitForResponse(/\/api\/v1\/runs$/);
  await page.getByRole('button', { name: 'Run now' }).click();
  assert.equal((await asked).status(), 200);
  await page.locator('.run-now button[aria-busy="false"]').waitFor();
  assert.equal(await page.locator('.run-now-failure').count(), 0);
  await page.locator('main').focus();
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await page.getByRole('heading', { level: 1, name: /One server with an agent/ }).waitFor();
  const run = page.locator('.asked-run').filter({ hasText: 'default/shop' }).first();
  await run.getByText('Finished').waitFor();
  await run.locator('a.run-place').click();
  await page.waitForURL(/checks\/default\/shop\?run=\d+\.local/);
  await page.getByText('pinned').first().waitFor();
  await page.close();
});
