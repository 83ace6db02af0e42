import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '@holdfast/kernel/fake';
import { PhaseLog } from './phase-log.ts';

test('beginning a phase ends the one before; time between phases belongs to none', () => {
  const clock = new SimulatedClock();
  const log = new PhaseLog({ clock });
  clock.advance(1);
  log.begin('connect');
  clock.advance(2);
  log.begin('write');
  clock.advance(3);
  log.end();
  log.end();
  clock.advance(4);
  log.hop = 1;
  log.begin('connect');
  clock.advance(5);
  assert.equal(log.running, 'connect');
  log.end();
  assert.deepEqual(log.phases, [
    { name: 'connect', hop: 0, startMs: 1, durationMs: 2 },
    { name: 'write', hop: 0, startMs: 3, durationMs: 3 },
    { name: 'connect', hop: 1, startMs: 10, durationMs: 5 },
  ]);
  assert.deepEqual([log.running, log.totalMs()], [undefined, 15]);
});

test('rounding never makes the sum exceed the total', () => {
  const clock = new SimulatedClock();
  const log = new PhaseLog({ clock });
  for (const name of ['connect', 'write', 'wait', 'transfer'] as const) {
    log.begin(name);
    clock.advance(0.0006);
  }
  log.end();
  const sumMs = log.phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
  assert.ok(sumMs <= log.totalMs());
});

test('a phase that takes longer than it may is told, all hops together', () => {
  const clock = new SimulatedClock();
  const told: string[] = [];
  const exceeded = (phase: string, limitMs: number) => {
    told.push(`${clock.nowMs()} ${phase} ${limitMs}`);
  };
  const log = new PhaseLog({ clock, phaseLimits: { limitsMs: { connect: 10 }, exceeded } });
  log.begin('connect');
  clock.advance(6);
  log.begin('wait');
  clock.advance(100);
  log.hop = 1;
  log.begin('connect');
  clock.advance(3);
  assert.deepEqual(told, []);
  clock.advance(50);
  log.end();
  clock.advance(50);
  assert.deepEqual(told, ['110 connect 10']);
});
