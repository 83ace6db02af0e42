import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LagWindow } from './lag-window.ts';

const MINUTE_MS = 60_000;

test('a bad start is told for one to two minutes, then forgotten', () => {
  const window = new LagWindow(0);
  assert.equal(window.quantile(0.99, 0), 0);
  window.add(900, 1_000);
  for (let nowMs = 1_000; nowMs < MINUTE_MS; nowMs += 1_000) window.add(1, nowMs);
  assert.ok(window.quantile(1, 1.5 * MINUTE_MS) > 890);
  window.add(1, 1.5 * MINUTE_MS);
  assert.ok(window.quantile(1, 2.5 * MINUTE_MS) < 2);
});

test('a silence of two minutes forgets everything at once', () => {
  const window = new LagWindow(0);
  window.add(900, 1_000);
  assert.equal(window.quantile(1, 10 * MINUTE_MS), 0);
});
