// The fleet's page and the places of checks, in a real Chromium against the fixture server: the worst is
// said first, two thousand agents scroll, a run is followed at each place, and no permission is a state.

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
  WIDE,
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

test('a fleet that is well is told in one line, with its leader, engines and places', BROWSER, () =>
  visit({ fixture: 'fleet', path: '/', still: true }, async (page) => {
    await says(page, '.agents', '6 agents', '3 locations');
    await press(page, 'g', 'f');
    await page.waitForURL('**/fleet');
    await says(page, 'h1', '3 servers, 6 agents, all well');
    await says(page, '.counts', 'live on 9 of 9 nodes at revision 1184');
    await says(page, '.fleet-table tr:has-text("control-b")', 'leads');
    await says(page, '.fleet-table tr:has-text("control-a")', 'answers you');
    await says(page, '.engines', 'etcd-1', 'redis', 'postgres://results.example.com/holdfast');
    assert.equal(await page.locator('.agent-location').count(), 3);
    await press(page, '/');
    await page.keyboard.type('nyc');
    await says(page, '.fleet-agents .filter-count', '2 of 6 agents');
    await page.waitForURL(/q=nyc/);
  }),
);

test('of much that is wrong the worst is said first, with what to do', BROWSER, () =>
  visit({ fixture: 'ill', path: '/fleet', still: true }, async (page) => {
    await says(page, 'h1', 'No server leads');
    const found = await page.locator('.findings b').allTextContents();
    assert.deepEqual(found.slice(0, 3), [
      '14 checks run nowhere',
      'Agent nyc-2 is silent',
      'fra-2 does not have revision 1184 yet',
    ]);
    await says(page, '.findings', '4,182 results wait', 'etcd 3.4.23 is below 3.5.23');
    await says(page, '.unassigned', 'sgp', 'and 6 more', '--location sgp');
    await page.locator('.chip', { hasText: 'Not well' }).click();
    await says(page, '.fleet-agents .filter-count', '3 of 4 agents');
    await says(page, '.asked-run:has-text("search")', 'Expired', 'not taken');
  }),
);

test(
  'two thousand agents: only the lines in view are built, and the last one is reached',
  BROWSER,
  () =>
    visit({ fixture: 'crowd', path: '/fleet', still: true }, async (page) => {
      await says(page, '.fleet-agents .filter-count', '2,000 agents');
      assert.ok((await page.locator('.agent-row').count()) < 60);
      await page.locator('.agent-scroll').evaluate((list) => list.scrollTo(0, list.scrollHeight));
      await page.locator('.agent-row', { hasText: 'edge-24-083' }).waitFor();
      await page.fill('[data-search]', 'edge-07 037');
      await says(page, '.fleet-agents .filter-count', '1 of 2,000 agents');
    }),
);

test('without an agent the next command is there, ready to copy', BROWSER, () =>
  visit({ fixture: 'none', path: '/fleet', still: true }, async (page) => {
    await says(page, 'h1', 'No agent yet');
    const copy = page.locator('.first-agent button');
    assert.match(
      (await copy.getAttribute('aria-label')) ?? '',
      /holdfast agent --server https:\/\/control-a\.example\.com:7070 .*--location NAME/,
    );
  }),
);

test('alone, and without permission, are designed states', BROWSER, async () => {
  await visit({ fixture: 'few', path: '/fleet', still: true }, (page) =>
    says(page, 'h1', 'One server with an agent of its own, all well'),
  );
  await visit({ fixture: 'guest', path: '/fleet', still: true, mayComplain: true }, (page) =>
    says(page, '.empty', 'This token does not show the fleet', 'one namespace'),
  );
});

test('the page is read anew while it is looked at', BROWSER, () =>
  visit({ fixture: 'fleet', path: '/fleet', mayComplain: true }, async (page, fixture) => {
    await says(page, 'h1', 'all well');
    fixture.failRequests(true);
    await says(page, '.fleet-stale', 'could not be read since', 'STORE_FAILED');
    await says(page, 'h1', 'all well');
    fixture.failRequests(false);
    await page.waitForSelector('.fleet-stale', { state: 'detached' });
  }),
);

test('each place of a check is told; the verdict is theirs by quorum', BROWSER, () =>
  visit({ fixture: 'fleet', path: '/checks/shop/storefront', still: true }, async (page) => {
    await says(page, '.verdict', 'Down at nyc', 'up by quorum');
    await says(page, '.places tr:has-text("nyc")', 'Down', 'No connection');
    await says(page, '.places tr:has-text("fra")', 'Up');
    await page.locator('.place-name', { hasText: 'nyc' }).focus();
    await press(page, 'Enter');
    await page.waitForURL(/place=nyc/);
    await page.waitForFunction(
      () => document.querySelectorAll('.result-place:not(:empty)').length > 5,
    );
    const named = await page.locator('.result-place').allTextContents();
    assert.deepEqual([...new Set(named)], ['nyc']);
    await page.goto(page.url().replace('storefront?place=nyc', 'cart'));
    await says(page, '.places tr:has-text("sgp")', 'silent, not counted');
  }),
);

test('results of one moment are told apart by their place, in the URL', BROWSER, () =>
  visit({ fixture: 'fleet', path: '/checks/shop/cart', still: true }, async (page) => {
    await page.locator('.result-row:has-text("nyc")').nth(1).click();
    await page.waitForURL(/run=\d+\.nyc/);
    await says(page, '.result-when', 'nyc');
    assert.equal(await page.locator('.result-row[aria-current="true"]').count(), 1);
    await page.reload();
    await says(page, '.result-when', 'nyc');
  }),
);

test('a run that is asked for is followed at each place, down to its results', BROWSER, () =>
  visit({ fixture: 'fleet', path: '/checks/shop/cart', still: true }, async (page) => {
    await page.waitForSelector('.result-row');
    await page.locator('.run-now button').click();
    await says(page, '.reasons .run-outcome', 'waits');
    await page.waitForSelector('.run-now button[aria-busy="false"]');
    assert.equal(await page.locator('a.run-place').count(), 3);
    await page.locator('a.run-place', { hasText: 'nyc' }).click();
    await page.waitForURL(/run=\d+\.nyc/);
    await press(page, 'g', 'f');
    await says(page, '.asked-run:first-child', 'shop/cart', 'Finished', 'by operator');
  }),
);

test('alerts and lists name the places', BROWSER, () =>
  visit({ fixture: 'fleet', path: '/alerts', still: true }, async (page) => {
    await says(page, '.alert:has-text("storefront")', 'Bad at', 'nyc');
    await page.goto(page.url().replace('/alerts', '/checks'));
    await page
      .locator('.table-row:has-text("storefront")')
      .getByRole('img', { name: 'fra Up, nyc Down, sgp Up' })
      .waitFor();
  }),
);

for (const theme of ['light', 'dark'] as const) {
  for (const size of [WIDE, NARROW]) {
    test(`nothing scrolls sideways at ${size.width} px, ${theme}`, BROWSER, async () => {
      for (const fixture of ['fleet', 'ill', 'crowd', 'none'] as const)
        await visit({ fixture, path: '/fleet', still: true, size, theme }, async (page) => {
          await page.waitForSelector('.fleet-table');
          await assertNoSidewaysScroll(page, fixture);
        });
      await visit(
        { fixture: 'fleet', path: '/checks/shop/storefront', still: true, size, theme },
        async (page) => {
          await page.waitForSelector('.result-row');
          await assertNoSidewaysScroll(page, 'places');
        },
      );
    });
  }
}
