import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '@holdfast/kernel/fake';
import { Liveness } from './liveness.ts';

function watched() {
  const clock = new SimulatedClock();
  const pingsAtMs: number[] = [];
  const deadAtMs: number[] = [];
  const liveness = new Liveness(clock, {
    ping: () => pingsAtMs.push(clock.nowMs()),
    dead: () => {
      deadAtMs.push(clock.nowMs());
      liveness.close();
    },
  });
  return { clock, pingsAtMs, deadAtMs, liveness };
}

test('a silent peer is asked, and given up when it does not answer', () => {
  const { clock, pingsAtMs, deadAtMs, liveness } = watched();
  liveness.begin();
  clock.advance(10_000);
  assert.deepEqual(pingsAtMs, [2_000]);
  assert.deepEqual(deadAtMs, [3_000]);
});

test('new calls do not hide that the old ones wait in vain', () => {
  const { clock, deadAtMs, liveness } = watched();
  for (let turn = 0; turn < 30; turn += 1) {
    liveness.begin();
    clock.advance(100);
  }
  assert.deepEqual(deadAtMs, [3_000]);
});

test('a slow peer that answers pings lives, and is pinged at most every 6 s', () => {
  const { clock, pingsAtMs, deadAtMs, liveness } = watched();
  liveness.begin();
  for (let turn = 0; turn < 300; turn += 1) {
    clock.advance(100);
    if (pingsAtMs.at(-1) === clock.nowMs()) liveness.heard();
  }
  assert.deepEqual(deadAtMs, []);
  assert.ok(pingsAtMs.length >= 3);
  for (const [i, atMs] of pingsAtMs.entries())
    assert.ok(i === 0 || atMs - (pingsAtMs[i - 1] ?? 0) >= 6_000);
});

test('nobody is asked for nobody, and no timer stays', () => {
  const { clock, pingsAtMs, liveness } = watched();
  liveness.begin();
  liveness.end();
  clock.advance(60_000);
  assert.deepEqual(pingsAtMs, []);
  assert.equal(clock.pending, 0);
  liveness.begin();
  liveness.close();
  assert.equal(clock.pending, 0);
});
