import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QuorumCheck } from '@holdfast/resources/quorum';
import fc from 'fast-check';
import { type AlertEffect, QUIET, stepAlert } from './alert-state.ts';
import {
  CALM,
  type CheckAlertState,
  hydrateCheckAlert,
  type PlacedRun,
  stepCheckAlert,
} from './check-alert.ts';

const CHECK: QuorumCheck = { intervalMs: 10_000, timeoutMs: 5_000 };
const status = fc.constantFrom('up', 'down', 'timeout', 'invalid');
const thresholds = fc.record({
  failures: fc.integer({ min: 1, max: 4 }),
  recoveries: fc.integer({ min: 1, max: 3 }),
});

function play(
  check: QuorumCheck,
  runs: readonly PlacedRun[],
  limits = { failures: 2, recoveries: 1 },
  from: CheckAlertState = CALM,
) {
  let state = from;
  const effects: AlertEffect[] = [];
  for (const run of runs) {
    const step = stepCheckAlert(limits, check, state, run, run.plannedAtMs);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

/** `fra ddu.` one letter a slot of 10 s: d down, u up, i invalid, . no run. */
function runsAt(...lines: string[]): PlacedRun[] {
  const runs = lines.flatMap((line) => {
    const [location = '', letters = ''] = line.split(' ');
    return [...letters].flatMap((letter, slot): PlacedRun[] => {
      const plannedAtMs = slot * 10_000;
      if (letter === '.') return [];
      const names = { d: 'down', u: 'up', i: 'invalid' } as const;
      return [{ location, plannedAtMs, status: names[letter as keyof typeof names] }];
    });
  });
  return runs.sort((a, b) => a.plannedAtMs - b.plannedAtMs);
}

const kinds = (effects: AlertEffect[]) => effects.map(({ type }) => type).join(' ');

test('at one place it is what the place says', () => {
  fc.assert(
    fc.property(thresholds, fc.array(status, { maxLength: 40 }), (limits, of) => {
      const runs = of.map((one, slot) => ({ plannedAtMs: slot * 10_000, status: one }));
      let place = QUIET;
      const expected = runs.flatMap((run) => {
        const step = stepAlert(limits, place, { type: 'run', run }, run.plannedAtMs);
        place = step.state;
        return step.effects;
      });
      const placed = runs.map((run) => ({ ...run, location: 'here' }));
      assert.deepEqual(play(CHECK, placed, limits).effects, expected);
    }),
  );
});

test('one bad place of three wakes nobody, two do, and the places are named', () => {
  const three = { ...CHECK, locations: ['fra', 'nyc', 'sin'] };
  assert.equal(kinds(play(three, runsAt('fra dddddd', 'nyc uuuuuu', 'sin uuuuuu')).effects), '');
  const { effects } = play(three, runsAt('fra dddddu', 'nyc uuddda', 'sin uuuuuu').filter(Boolean));
  assert.equal(kinds(effects), 'fire recover');
  const [fired] = effects;
  assert.ok(fired?.type === 'fire');
  assert.deepEqual(fired.locations, ['fra', 'nyc']);
  assert.equal(fired.sinceMs, 0);
  assert.equal(fired.firedAtMs, 30_000);
});

test('quorum any fires at the first, all at the last, a number at so many', () => {
  const runs = runsAt('fra dddddddd', 'nyc uudddddd', 'sin uuuudddd');
  const firedAt = (quorum: QuorumCheck['quorum']) => {
    const [fired] = play({ ...CHECK, ...(quorum && { quorum }) }, runs).effects;
    return fired?.type === 'fire' ? fired.firedAtMs / 10_000 : undefined;
  };
  assert.deepEqual([firedAt(1), firedAt(2), firedAt(undefined), firedAt('all')], [1, 3, 3, 5]);
});

test('a place that fell silent is not asked: the two that speak decide', () => {
  const { effects } = play(CHECK, runsAt('fra uuudddddd', 'nyc uuudddddd', 'sin uuu......'));
  assert.equal(kinds(effects), 'fire');
});

test('while the word of silent places could decide, an open alert neither ends nor is told again', () => {
  const named = { ...CHECK, locations: ['fra', 'nyc', 'sin'], quorum: 2 };
  const { effects } = play(named, runsAt('fra dddddddddd', 'nyc dddu......', 'sin u.........'));
  assert.equal(kinds(effects), 'fire');
});

test('a restart between any two runs changes nothing that is told', () => {
  const cast = fc.array(fc.record({ location: fc.constantFrom('fra', 'nyc', 'sin'), status }), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(thresholds, cast, fc.nat({ max: 40 }), (limits, of, at) => {
      const runs = of.map((run, index) => ({ ...run, plannedAtMs: index * 3_000 }));
      const whole = play(CHECK, runs, limits);
      const before = play(CHECK, runs.slice(0, at), limits);
      const last = before.effects.at(-1);
      const open = last?.type === 'fire' ? last : undefined;
      const resumed = hydrateCheckAlert(limits, CHECK, open, runs.slice(0, at), at * 3_000);
      // What was told before is not told again; a restart may only be more careful, never louder.
      assert.ok(resumed.effects.every(({ type }) => type !== 'fire' || open === undefined));
      const after = play(CHECK, runs.slice(at), limits, resumed.state);
      const told = kinds([...before.effects, ...resumed.effects, ...after.effects]).split(' ');
      for (let i = 1; i < told.length; i += 1) assert.notEqual(told[i], told[i - 1]);
      assert.equal(whole.effects.length === 0 && told.includes('recover'), false);
    }),
  );
});
