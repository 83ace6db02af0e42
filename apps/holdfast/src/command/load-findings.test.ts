import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Load, openFiles, storeForecast } from './load-findings.ts';

const DAY_MS = 86_400_000;
const limits = (count: number | string) =>
  `Limit Soft Hard\nMax open files            ${count}              ${count}   files\n`;

function load(count: number, change: { intervalMs?: number; rawMs?: number } = {}): Load {
  const { intervalMs = 30_000, rawMs = 7 * DAY_MS } = change;
  const one = { intervalMs, timeoutMs: 5_000, paused: false };
  return {
    checks: [...Array.from({ length: count }, () => one), { ...one, paused: true }],
    retention: { rawMs, minuteMs: 30 * DAY_MS, hourMs: 400 * DAY_MS },
  };
}

test('open files are held against the checks that may be in flight at once', () => {
  assert.equal(openFiles(load(300), limits(1_024)).verdict, 'ok');
  const few = openFiles(load(1_000), limits(1_024));
  assert.deepEqual([few.verdict, few.cure], ['warning', 'raise it: ulimit -n 2256']);
  assert.match(few.text, /1024; 1000 checks need 2256/);
  assert.equal(openFiles(undefined, limits(1_024)).verdict, 'warning');
  assert.equal(openFiles(load(100_000), limits('unlimited')).verdict, 'ok');
});

test('the store is forecast from intervals and retention, and held against the disk', () => {
  const file = join(tmpdir(), 'no such folder', 'holdfast.db');
  const small = storeForecast(load(1_000), file);
  assert.match(small.text, /^0\.0 MB now; 2,880,000 results a day, kept 7d: up to 8\.\d GB$/);
  const large = storeForecast(load(100_000, { intervalMs: 1_000, rawMs: 3_650 * DAY_MS }), file);
  assert.equal(large.verdict, 'warning');
  assert.match(large.cure ?? '', /there is room for .* keep results shorter/);
});
