// axe looks at every page, in both themes and both widths, with two thousand checks and with none, and
// finds nothing: names, roles, order, contrast.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, type TestOptions, test } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { NARROW, NO_BROWSER, startVisitor, type Visit, type Visitor, WIDE } from './dev/visit.ts';

const BROWSER: TestOptions = { skip: NO_BROWSER };
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Page, and what must stand before it is looked at. */
type Place = [fixture: Visit['fixture'], path: string, stands: string];

const PLACES: readonly Place[] = [
  ['few', '/', '.grid-body'],
  ['few', '/?label=env%3Dprod', '.label-filter'],
  ['few', '/checks', '.table-rows .table-row'],
  ['few', '/checks/shop/search?range=6h', '.status-latency'],
  ['few', '/checks/shop/search?range=6h&chart=heat', '.heat canvas'],
  ['few', '/checks/new', '.editor-said .mark'],
  ['few', '/alerts', '.alert'],
  ['few', '/nowhere', '.empty'],
  ['kinds', '/checks/net/zone', '.evidence'],
  ['kinds', '/checks/net/gateway', '.packets'],
  ['kinds', '/checks/net/edge', '.certificate'],
  ['kinds', '/checks/net/mail', '.step-list'],
  ['many', '/', '.cell'],
  ['many', '/checks', '.table-rows .table-row'],
  ['fleet', '/fleet', '.asked-run'],
  ['fleet', '/checks', '.place-marks'],
  ['fleet', '/checks/shop/storefront', '.places'],
  ['ill', '/fleet', '.unassigned'],
  ['crowd', '/fleet', '.agent-scroll'],
  ['none', '/fleet', '.first-agent'],
  ['none', '/', 'h1'],
  ['none', '/checks', '.empty'],
  ['none', '/alerts', '.empty'],
];

let visitor: Visitor | undefined;
let source = '';

before(async () => {
  source = await readFile(AXE, 'utf8');
  if (NO_BROWSER === false) visitor = await startVisitor();
});

after(() => visitor?.close());

for (const theme of ['light', 'dark'] as const) {
  for (const size of [WIDE, NARROW]) {
    test(`axe finds nothing at ${size.width} px, ${theme}`, BROWSER, async () => {
      const found: string[] = [];
      for (const [fixture, places] of Map.groupBy(PLACES, ([name]) => name)) {
        const options: Visit = { fixture, path: '/missing', theme, size, still: true };
        await visitor?.visit(options, async (page, { url }) => {
          for (const [, path, stands] of places) {
            await page.goto(url + path);
            await page.locator(stands).first().waitFor();
            found.push(...(await violations(page)).map((text) => `${fixture} ${path}: ${text}`));
          }
        });
      }
      assert.deepEqual(found, []);
    });
  }
}

test('axe finds nothing in a comparison of two results', BROWSER, async () => {
  const options: Visit = { fixture: 'few', path: '/checks/shop/checkout-api', still: true };
  await visitor?.visit(options, async (page) => {
    await page.locator('.comparison-choice .button').first().click();
    await page.waitForSelector('.differences');
    assert.deepEqual(await violations(page), []);
  });
});

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(source);
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  );
}
