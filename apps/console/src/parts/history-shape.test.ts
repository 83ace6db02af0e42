import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunLetter } from '@holdfast/resources/api';
import { historyShape } from './history-shape.ts';

const run = (letter: RunLetter, totalMs = 10) => ({ plannedAtMs: 0, totalMs, run: letter });
const bars = (path: string) => path.split('M').filter((part) => part !== '');

test('one bar a run, each kind in its own path, the newest at the right', () => {
  const { paths, empty } = historyShape([run('u'), run('d'), run('i'), run('u')], 6, 3, 16);
  assert.equal(bars(paths.u).length, 2);
  assert.equal(bars(paths.d).length, 1);
  assert.equal(bars(paths.i).length, 1);
  assert.equal(bars(empty).length, 2);
  assert.ok(paths.u.includes('M15 '), paths.u);
});

test('a timeout is told from down by its split, an outlier does not flatten the rest', () => {
  assert.equal(bars(historyShape([run('t')], 1, 3, 16).paths.t).length, 2);
  const { paths } = historyShape([run('u', 10), run('u', 10), run('u', 9000)], 3, 3, 20);
  const heights = bars(paths.u).map((text) => Number(/v([\d.]+)/.exec(text)?.[1]));
  assert.deepEqual(heights, [6.1, 6.1, 20]);
});

test('never more bars than slots', () => {
  const runs = Array.from({ length: 80 }, () => run('u'));
  assert.equal(bars(historyShape(runs, 60, 3, 16).paths.u).length, 60);
});
