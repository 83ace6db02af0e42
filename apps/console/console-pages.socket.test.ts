// What a check page tells beyond its lines (heat map, status, comparison, evidence of each kind), the
// filters by label, and the editor, in a real Chromium against the fixture server.

import assert from 'node:assert/strict';
import { after, before, type TestOptions, test } from 'node:test';
import {
  assertNoSidewaysScroll,
  type Look,
  NARROW,
  NO_BROWSER,
  press,
  says,
  startVisitor,
  type Visit,
  type Visitor,
} from './dev/visit.ts';

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

test(
  'lines become a heat map in the URL; a cell tells of itself and leads to a result',
  BROWSER,
  () =>
    visit({ fixture: 'few', path: '/checks/shop/search?range=6h', still: true }, async (page) => {
      await page.locator('.chart-choices button', { hasText: 'Heat map' }).click();
      await page.waitForURL(/chart=heat/);
      const over = await (await page.waitForSelector('.heat-over')).boundingBox();
      assert.ok(over !== null);
      await page.mouse.move(over.x + over.width / 2, over.y + over.height * 0.7);
      await says(page, '.latency-legend .readout', 'run', '–');
      assert.equal(await page.locator('.heat-cross').count(), 1);
      assert.equal(await page.locator('.strip-bar[data-hover="true"]').count(), 1);
      await page.mouse.click(over.x + over.width / 2, over.y + over.height * 0.7);
      await page.waitForURL(/run=\d+/);
    }),
);

test(
  'latency by status says by how much failures come later, and only where there are some',
  BROWSER,
  async () => {
    await visit(
      { fixture: 'few', path: '/checks/shop/search?range=6h', still: true },
      async (page) => {
        await says(page, '.status-latency', '5xx answer', 'than 2xx', '503');
      },
    );
    await visit({ fixture: 'few', path: '/checks/shop/cart', still: true }, async (page) => {
      await page.waitForSelector('.result-row');
      assert.equal(await page.locator('.status-latency').count(), 0);
    });
  },
);

test('an earlier range lies under the present one, from the URL', BROWSER, () =>
  visit({ fixture: 'few', path: '/checks/shop/cart', still: true }, async (page) => {
    await page.locator('.chart-choices select').selectOption('7d');
    await page.waitForURL(/compare=7d/);
    await page.waitForSelector('.legend-earlier');
    await page.reload();
    await page.waitForSelector('.legend-earlier');
  }),
);

test('the last good result is one click away, both on one ruler, differences named', BROWSER, () =>
  visit({ fixture: 'few', path: '/checks/shop/checkout-api', still: true }, async (page) => {
    await page.locator('.comparison-choice button', { hasText: 'Last good one' }).click();
    await page.waitForURL(/against=\d+/);
    await says(page, '.comparison', 'Up', 'status_code', 'CONNECT_REFUSED');
    const widths = await page
      .locator('.waterfall-ruler .waterfall-track')
      .evaluateAll((tracks) => tracks.map((track) => Math.round(track.clientWidth)));
    assert.equal(widths.length, 2);
    assert.equal(widths[0], widths[1]);
    await page.locator('.comparison-choice button', { hasText: 'End comparison' }).click();
    await page.waitForSelector('.comparison', { state: 'detached' });
  }),
);

test('each kind of probe shows its own evidence', BROWSER, async () => {
  const evidence: [string, string[]][] = [
    ['zone', ['Way of the name', 'DNSSEC secure', 'a.root-servers.net.', 'signature holds']],
    ['gateway', ['9 of 10 came back', '10 % lost', 'jitter']],
    ['mail', ['220 mail.example.org', 'smtp Postfix', 'did not hold']],
    ['edge', ['1 of 3 failed', 'CONNECT_REFUSED', 'good', 'chain verified', 'Example Root X1']],
    ['orders', ['Earlier tries', 'CONNECT_RESET', 'try 2 decided']],
  ];
  for (const [name, texts] of evidence) {
    await visit({ fixture: 'kinds', path: `/checks/net/${name}`, still: true }, async (page) => {
      await page.waitForSelector('.evidence');
      const said = (await page.locator('.evidence').allTextContents())
        .join(' ')
        .replaceAll('\u202f', ' ');
      for (const text of texts) assert.ok(said.includes(text), `${name}: ${text} in ${said}`);
    });
  }
});

test('labels narrow the overview and the checks, with search and state, in the URL', BROWSER, () =>
  visit({ fixture: 'few', path: '/', still: true }, async (page) => {
    await page.locator('.label-filter .chip', { hasText: 'env=prod' }).click();
    await page.waitForURL(/label=env/);
    await says(page, 'h1', '2 of 12 checks are down');
    await page.locator('.label-filter select').selectOption('team=payments');
    await says(page, 'h1', '2 of 4 checks are down');
    await page.goto(page.url().replace('/?', '/checks?'));
    await says(page, '.filter-count', '4 of 14 checks');
    await page.locator('.chip', { hasText: 'Down' }).focus();
    await press(page, 'Enter');
    await says(page, '.filter-count', '2 of 14 checks');
    await page.locator('.label-filter .chip[aria-pressed="true"]').first().focus();
    await press(page, 'Enter');
    await page.waitForURL(/label=team/);
  }),
);

test(
  'a check is written by keyboard: form and YAML agree, faults stand at their field',
  BROWSER,
  () =>
    visit({ fixture: 'few', path: '/checks/new', still: true }, async (page) => {
      await says(page, '.editor-said', 'valid: 1 check');
      await page.getByLabel('Target').focus();
      await page.keyboard.press('Control+a');
      await page.keyboard.type('htps://broken');
      await page.waitForSelector('.editor-field:has-text("Target") .editor-problem');
      await says(page, '.editor-said', '1 fault');
      await page.keyboard.press('Control+a');
      await page.keyboard.type('https://shop.example.com/');
      await says(page, '.editor-said', 'valid: 1 check');
      await page.getByLabel('Status').fill('200, 204');
      const yaml = page.locator('.editor-text textarea');
      assert.match(await yaml.inputValue(), /status:\n\s+- 200\n\s+- 204/);
      await page.reload();
      assert.match(await yaml.inputValue(), /shop\.example\.com/);
      await page.locator('.editor-trial button').focus();
      await press(page, 'Enter');
      await says(page, '.editor-trial', 'Total', 'Up');
    }),
);

test(
  'the YAML is free: the form follows it, and what is no field stands with its line',
  BROWSER,
  () =>
    visit({ fixture: 'few', path: '/checks/new', still: true }, async (page) => {
      const yaml = page.locator('.editor-text textarea');
      await yaml.fill(
        'checks:\n  - name: a\n    target: tcp://db.example.com:5432\n    colour: red\n',
      );
      await says(page, '.editor-kinds .chip[aria-pressed="true"]', 'tcp');
      await says(page, '.editor-problems', 'Line 4', 'colour');
      await yaml.fill('checks: &all\n  - name: a\n');
      await says(page, '.editor-unread', 'cannot follow');
    }),
);

test('a copy of a check begins as it is, under another name', BROWSER, () =>
  visit({ fixture: 'few', path: '/checks/shop/cart', still: true }, async (page) => {
    await page.locator('.resource a', { hasText: 'Edit a copy' }).click();
    await page.waitForURL(/copy=shop/);
    await says(page, '.editor', 'Secrets are not copied');
    assert.match(await page.locator('.editor-text textarea').inputValue(), /name: cart-copy/);
  }),
);

test('the new pages do not scroll sideways on a narrow screen', BROWSER, async () => {
  for (const path of [
    '/checks/new',
    '/checks/shop/search?chart=heat',
    '/checks/shop/checkout-api',
  ]) {
    await visit({ fixture: 'few', path, still: true, size: NARROW }, async (page) => {
      await page.waitForSelector('.editor-text, .result-row');
      await assertNoSidewaysScroll(page, path);
    });
  }
});
