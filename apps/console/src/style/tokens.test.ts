import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const tokens = readTokens(readFileSync(new URL('./tokens.css', import.meta.url), 'utf8'));

const SURFACES = ['page', 'raised', 'sunken', 'hover', 'chosen'];
const TEXTS = ['ink', 'ink-2', 'ink-3', 'accent', 'degraded-ink', 'down-ink', 'up-ink'];
const MARKS = [
  'up',
  'up-bar',
  'degraded',
  'down',
  'unknown',
  'phase-resolve',
  'phase-connect',
  'phase-tls',
  'phase-write',
  'phase-wait',
  'phase-transfer',
  'chart-50',
];

for (const theme of ['light', 'dark'] as const) {
  test(`text is readable on every surface, ${theme}`, () => {
    for (const text of TEXTS)
      for (const surface of SURFACES) assertContrast(text, surface, theme, 4.5);
    assertContrast('accent-ink', 'accent', theme, 4.5);
    assertContrast('degraded-ink', 'degraded-wash', theme, 4.5);
    assertContrast('ink', 'degraded-wash', theme, 4.5);
  });

  test(`marks stand out from the page and from a row under the pointer, ${theme}`, () => {
    for (const mark of MARKS)
      for (const surface of ['page', 'raised', 'hover', 'chosen'])
        assertContrast(mark, surface, theme, 3);
  });
}

type Theme = 'light' | 'dark';

function assertContrast(text: string, surface: string, theme: Theme, least: number): void {
  const [a, b] = [luminance(text, theme), luminance(surface, theme)];
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  assert.ok(
    contrast >= least,
    `--${text} on --${surface}, ${theme}: ${contrast.toFixed(2)} < ${least}`,
  );
}

/** Relative luminance of WCAG 2. */
function luminance(name: string, theme: Theme): number {
  const colour = tokens.get(name)?.[theme];
  assert.ok(colour !== undefined, `no token --${name}`);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function readTokens(css: string): Map<string, Record<Theme, string>> {
  const found = css.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g);
  return new Map([...found].map(([, name = '', light = '', dark = '']) => [name, { light, dark }]));
}
