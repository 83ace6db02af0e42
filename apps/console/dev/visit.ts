// Looks at the console as a person would: builds it once, opens it in a real Chromium against a
// fixture of its own, and lets nothing pass that the browser complains about. For tests only.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { type Fixture, type FixtureOptions, startFixture } from './fixture-server.ts';

const CHROMIUM = '/usr/bin/chromium';
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];
const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** For one thing to appear, on a machine that does much else besides. */
const WAIT_MS = 20_000;

export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 375, height: 812 };

/** Why there is nothing to look with, or false. */
export const NO_BROWSER = existsSync(CHROMIUM) ? false : `no Chromium at ${CHROMIUM}`;

export interface Visit {
  fixture: FixtureOptions['mode'];
  path: string;
  still?: boolean;
  size?: { width: number; height: number };
  theme?: 'light' | 'dark';
  locale?: string;
  /** What the server refuses on purpose is told by the browser. */
  mayComplain?: boolean;
}

export type Look = (page: Page, fixture: Fixture) => Promise<void>;

export interface Visitor {
  /** The built console. */
  folder: string;
  visit(options: Visit, look: Look): Promise<void>;
  close(): Promise<void>;
}

export async function startVisitor(): Promise<Visitor> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-console-'));
  const configFile = join(ROOT, 'vite.config.ts');
  await build({
    root: ROOT,
    configFile,
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  return {
    folder,
    visit: (options, look) => visit(browser, folder, options, look),
    close: async () => {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function visit(browser: Browser, folder: string, options: Visit, look: Look): Promise<void> {
  const still = options.still ?? false;
  const fixture = await startFixture({ mode: options.fixture, still, folder });
  const context = await browser.newContext({
    viewport: options.size ?? WIDE,
    colorScheme: options.theme ?? 'light',
    locale: options.locale ?? 'en-GB',
    isMobile: options.size === NARROW,
    hasTouch: options.size === NARROW,
  });
  context.setDefaultTimeout(WAIT_MS);
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(fixture.url + options.path);
    await look(page, fixture);
    if (options.mayComplain !== true) assert.deepEqual(complaints, []);
  } finally {
    await context.close();
    await fixture.close();
  }
}

/** Waits until the element says all of it. */
export async function says(page: Page, selector: string, ...texts: string[]): Promise<void> {
  for (const text of texts) await page.locator(selector, { hasText: text }).first().waitFor();
}

export async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

export async function assertNoSidewaysScroll(page: Page, what: string): Promise<void> {
  const content = await page.evaluate(() => document.documentElement.scrollWidth);
  const view = await page.evaluate(() => window.innerWidth);
  assert.ok(content <= view, `${what}: ${content} > ${view}`);
}

/** 0 … 255, of the page's ground. */
export async function groundBrightness(page: Page): Promise<number> {
  const colour = await page.evaluate(
    () => getComputedStyle(document.documentElement).backgroundColor,
  );
  return Number(/\d+/.exec(colour)?.[0]);
}
