// The console in a real browser against the fixture server, under the strictest content security
// policy: what is broken shows at once, two thousand checks fit one screen, everything works by
// keyboard, nothing overflows at either width in either theme, and nothing is said to the console.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, type TestOptions, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { LONG_NAME } from './dev/fixture-world.ts';
import {
  assertNoSidewaysScroll,
  groundBrightness,
  type Look,
  NARROW,
  NO_BROWSER,
  press,
  says,
  startVisitor,
  type Visit,
  type Visitor,
  WIDE,
} from './dev/visit.ts';

/** Of the first load, compressed, without the chart. */
const SCRIPT_BYTES_MAX = 300_000;
const BROWSER: TestOptions = { skip: NO_BROWSER };

let visitor: Visitor | undefined;

before(async () => {
  if (NO_BROWSER === false) visitor = await startVisitor();
});

after(() => visitor?.close());

async function visit(options: Visit, look: Look): Promise<void> {
  assert.ok(visitor !== undefined);
  await visitor.visit(options, look);
}

test('a check that goes down is seen at once, with why, and its recovery too', BROWSER, () =>
  visit({ fixture: 'few', path: '/', still: true }, async (page, fixture) => {
    await says(page, 'h1', '2 of 14 checks are down');
    await page.waitForSelector('.live-live');
    fixture.takeDown('shop/cart', 'unknown-name');
    await says(page, 'h1', '3 of 14 checks are down');
    await says(page, '.attention li:first-child', 'cart', 'Name not resolved', 'no alert raised');
    assert.match(await page.title(), /^▲ 3 · Overview/);
    fixture.bringUp('shop/cart');
    await says(page, 'h1', '2 of 14 checks are down');
    await says(page, '.attention-item:has-text("cart")', 'failed within the last 5 runs');
  }),
);

test('what was done is said: the alert and how its message ended', BROWSER, () =>
  visit({ fixture: 'few', path: '/', still: true }, async (page) => {
    const gateway = '.attention-item:has-text("card-gateway")';
    await says(page, gateway, 'Timed out', 'ops-webhook failed after 5 tries');
    await says(page, '.attention-item:has-text("legacy-login")', 'certificate expires in 6 days');
    await press(page, 'g', 'a');
    await says(page, '.alert:has-text("card-gateway")', 'ops-webhook', 'Failed', '5 tries');
  }),
);

test('2,000 checks fit 1280 × 800 without scrolling, each cell tells its own', BROWSER, () =>
  visit({ fixture: 'many', path: '/', still: true }, async (page) => {
    await page.waitForSelector('.cell');
    assert.equal(await page.locator('.cell').count(), 2000);
    const content = await page.evaluate(() => document.documentElement.scrollHeight);
    assert.ok(content <= WIDE.height, `${content} px`);
    await page.locator('.cell-down').first().hover();
    await says(page, '.hover-card', 'Down', 'for');
    await page.locator('.cell').first().focus();
    await press(page, 'ArrowRight', 'ArrowDown', 'Enter');
    await page.waitForURL(/\/checks\/account\//);
  }),
);

test('the table builds only the rows in view and reaches the last one', BROWSER, () =>
  visit({ fixture: 'many', path: '/checks?sort=name', still: true }, async (page) => {
    await says(page, '.filter-count', '2,000 checks');
    assert.ok((await page.locator('.table-rows .table-row').count()) < 60);
    await page.locator('.table-scroll').evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await page.waitForSelector('[data-place="1999"]');
    await page.fill('[data-search]', 'wallet prod');
    await page.locator('.chip', { hasText: 'Down' }).click();
    await page.waitForURL(/q=wallet(\+|%20)prod.*state=down/);
    await page.fill('[data-search]', 'nothing like this');
    await says(page, '.empty', 'No check matches');
    await page.locator('.empty button').click();
    await says(page, '.filter-count', '2,000 checks');
  }),
);

test('everything works by keyboard alone: find, open, step, and back', BROWSER, () =>
  visit({ fixture: 'few', path: '/', still: true }, async (page) => {
    await page.waitForSelector('.attention-item');
    await press(page, 'g', 'c');
    await page.waitForSelector('.table-rows .table-row');
    await press(page, '/');
    await page.keyboard.type('storefront');
    await says(page, '.filter-count', '1 of 14 checks');
    await press(page, 'Enter', 'Enter');
    await page.waitForURL('**/checks/shop/storefront');
    await page.waitForSelector('.result-row');
    await page.waitForSelector('.waterfall');
    await press(page, 'j', 'j');
    await page.waitForURL(/run=\d+/);
    await says(page, '.result .section-head', 'pinned');
    await press(page, 'Escape');
    await says(page, '.result .section-head', 'latest');
    await press(page, 'Escape');
    await page.waitForURL('**/checks');
    await page.waitForSelector('.table-rows .table-row');
    await press(page, 'j', 'j', 'k');
    assert.equal(await page.locator('.table-rows a:focus').count(), 1);
  }),
);

test('overlays by keyboard: keys, palette, and pages by letter', BROWSER, () =>
  visit({ fixture: 'few', path: '/checks/shop/cart', still: true }, async (page) => {
    await page.waitForSelector('nav');
    await press(page, '?');
    await says(page, 'dialog', 'Go to alerts');
    await page.waitForSelector('.result-row');
    await press(page, 'Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    await press(page, 'g', 'a');
    await page.waitForURL('**/alerts');
    await press(page, 'Control+k');
    await page.keyboard.type('ledger');
    await press(page, 'Enter');
    await page.waitForURL('**/checks/payments/ledger-db');
    await press(page, 'g', 'o');
    await says(page, 'h1', '2 of 14 checks are down');
  }),
);

test('a result shows redirects stacked, the kernel tick, and the certificate', BROWSER, () =>
  visit({ fixture: 'few', path: '/checks/platform/docs', still: true }, async (page) => {
    await page.waitForSelector('.waterfall');
    assert.equal(await page.locator('.waterfall-hop').count(), 3);
    assert.equal(await page.locator('.waterfall-kernel').count(), 1);
    await says(page, '.facts', 'TLSv1.3');
    await says(page, '.evidence', 'days left', 'docs.example.com', 'verified');
    await page.locator('.raw summary').click();
    await says(page, '.raw pre', '"plannedAtMs"');
    await says(page, '.resource pre', 'apiVersion: holdfast.dev/v1');
  }),
);

test('dragging zooms into the URL, double-click goes back, a bar leads to a result', BROWSER, () =>
  visit({ fixture: 'few', path: '/checks/shop/search?range=6h', still: true }, async (page) => {
    const box = await (await page.waitForSelector('.u-over')).boundingBox();
    assert.ok(box !== null);
    await page.mouse.move(box.x + 100, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + 300, box.y + 60, { steps: 6 });
    await page.mouse.up();
    await page.waitForURL(/range=6h&from=\d+&to=\d+/);
    const zoomed = new URL(page.url()).searchParams;
    assert.ok(Number(zoomed.get('to')) - Number(zoomed.get('from')) < 3 * 3_600_000);
    await page.dblclick('.u-over', { position: { x: 200, y: 40 } });
    await page.waitForURL(
      (url) => url.search.startsWith('?range=6h') && !url.search.includes('from='),
    );
    await page.locator('.strip-bar').first().click();
    await page.waitForURL(/run=\d+/);
  }),
);

test('a run asked for now turns only its button and brings its result', BROWSER, () =>
  visit({ fixture: 'few', path: '/checks/shop/cart', still: true }, async (page) => {
    await page.waitForSelector('.result-row');
    await page.waitForSelector('.live-live');
    const count = await page.locator('.result-row').count();
    const newest = await page.locator('.result-row time').first().getAttribute('datetime');
    await page.click('.run-now button');
    assert.equal(await page.locator('[aria-busy="true"]').count(), 1);
    await page.locator(`.result-row time:not([datetime="${newest}"])`).first().waitFor();
    await page.waitForSelector('.run-now button[aria-busy="false"]');
    assert.equal(await page.locator('.result-row').count(), count);
    assert.notEqual(await page.locator('.result-when time').getAttribute('datetime'), newest);
  }),
);

test('a broken stream is told and mends itself', BROWSER, () =>
  visit({ fixture: 'few', path: '/', mayComplain: true }, async (page, fixture) => {
    await page.waitForSelector('.live-live');
    fixture.dropStreams(true);
    await page.waitForSelector('.live-reconnecting, .live-stale');
    fixture.takeDown('shop/cart');
    fixture.dropStreams(false);
    await page.waitForSelector('.live-live');
    await says(page, 'h1', '3 of 14 checks are down');
  }),
);

test('a failure says what and why, and can be tried again', BROWSER, () =>
  visit({ fixture: 'errors', path: '/', mayComplain: true }, async (page, fixture) => {
    await says(page, '.failure', 'STORE_FAILED', 'the result store does not answer');
    fixture.failRequests(false);
    await page.click('.failure button');
    await says(page, 'h1', '2 of 14 checks are down');
  }),
);

test('first run, no checks, and a faulty file are designed states', BROWSER, async () => {
  await visit({ fixture: 'demo', path: '/' }, (page) =>
    says(page, '.first-run', 'holdfast init', 'holdfast.yaml', 'holdfast probe http'),
  );
  await visit({ fixture: 'none', path: '/' }, (page) => says(page, 'h1', 'No checks yet'));
  await visit({ fixture: 'few', path: '/' }, async (page, fixture) => {
    await page.waitForSelector('.live-live');
    await page.waitForSelector('.attention-item');
    fixture.setProblem('holdfast.yaml:3:1 unknown field');
    await says(page, '.banner', 'holdfast.yaml:3:1 unknown field');
    fixture.setProblem(undefined);
    await page.waitForSelector('.banner', { state: 'detached' });
  });
});

test('theme and language are the system’s until chosen, and then kept', BROWSER, () =>
  visit(
    { fixture: 'few', path: '/', still: true, theme: 'dark', locale: 'zh-CN' },
    async (page) => {
      await says(page, 'h1', '14 项检查中有 2 项故障');
      assert.ok((await groundBrightness(page)) < 60);
      await press(page, 'Control+k');
      await page.keyboard.type('浅色');
      await press(page, 'Enter');
      await page.waitForSelector('html[data-theme="light"]');
      assert.ok((await groundBrightness(page)) > 200);
      await page.locator('.rail-item', { hasText: '语言' }).click();
      await page.reload();
      await says(page, 'h1', '2 of 14 checks are down');
      assert.ok((await groundBrightness(page)) > 200);
    },
  ),
);

const PATHS = [
  '/',
  '/checks',
  '/checks/shop/checkout-api',
  '/checks/platform/docs?range=7d',
  `/checks/platform/${LONG_NAME}`,
  '/alerts',
  '/nowhere',
];

for (const theme of ['light', 'dark'] as const) {
  for (const size of [WIDE, NARROW]) {
    test(`no page scrolls sideways at ${size.width} px, ${theme}`, BROWSER, async () => {
      await visit(
        { fixture: 'few', path: '/', still: true, size, theme },
        async (page, { url }) => {
          for (const path of PATHS) {
            await page.goto(url + path);
            await page.waitForSelector('.verdict, .table-row, .empty', { state: 'attached' });
            if (path.startsWith('/checks/')) await page.waitForSelector('.uplot');
            await assertNoSidewaysScroll(page, path);
          }
        },
      );
      await visit({ fixture: 'many', path: '/checks', still: true, size, theme }, async (page) => {
        await page.waitForSelector('.table-rows .table-row');
        await assertNoSidewaysScroll(page, 'many checks');
      });
    });
  }
}

test('the first load stays within its budget and asks nobody else', BROWSER, async () => {
  assert.ok(visitor !== undefined);
  const { folder } = visitor;
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  assert.doesNotMatch(html, /https?:\/\/|<style|<script(?![^>]*src)/);
  const first = [...html.matchAll(/"\/(assets\/[^"]+\.js)"/g)].map((match) => match[1] ?? '');
  let bytes = 0;
  for (const file of first) bytes += gzipSync(await readFile(join(folder, file))).length;
  assert.ok(first.length > 0 && bytes <= SCRIPT_BYTES_MAX, `${bytes} bytes`);
  const chart = (await readdir(join(folder, 'assets'))).find((name) =>
    /^latency-chart.*js$/.test(name),
  );
  assert.ok(chart !== undefined && !html.includes(chart), 'the chart is loaded later');
});
