import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AlertEffect, type AlertRun, QUIET, stepAlert } from './alert-state.ts';
import { replay, runAlertScript } from './testing/alert-script.ts';

const scripts = new URL('./testdata/', import.meta.url);
for (const name of readdirSync(scripts).toSorted()) {
  test(`script ${name}`, () => {
    const file = new URL(name, scripts);
    const expected = readFileSync(file, 'utf8');
    const actual = runAlertScript(expected);
    // UPDATE_SCRIPTS=1 writes the traces anew, to be read before they are believed.
    if (process.env.UPDATE_SCRIPTS) writeFileSync(file, actual);
    else assert.equal(actual, expected);
  });
}

const status = fc.constantFrom('up', 'down', 'timeout', 'invalid');
const thresholds = fc.record({
  failures: fc.integer({ min: 1, max: 5 }),
  recoveries: fc.integer({ min: 1, max: 4 }),
});
const statuses = fc.array(status, { maxLength: 60 });

type Thresholds = { failures: number; recoveries: number };

function runsOf(of: readonly AlertRun['status'][]): AlertRun[] {
  return of.map((status, i) => ({ plannedAtMs: (i + 1) * 1_000, status }));
}

/** Effects by the run that caused them. */
function play(limits: Thresholds, runs: readonly AlertRun[], from = QUIET): AlertEffect[][] {
  let state = from;
  return runs.map((run) => {
    const step = stepAlert(limits, state, { type: 'run', run }, run.plannedAtMs);
    state = step.state;
    return step.effects;
  });
}

const kinds = (effects: AlertEffect[][]) => effects.flat().map((effect) => effect.type);

test('fires and recovers take turns, beginning with a fire', () => {
  fc.assert(
    fc.property(thresholds, statuses, (limits, of) => {
      kinds(play(limits, runsOf(of))).forEach((kind, i) => {
        assert.equal(kind, i % 2 === 0 ? 'fire' : 'recover');
      });
    }),
  );
});

test('fires exactly when the last N valid runs were bad, recovers exactly when the last M were good', () => {
  fc.assert(
    fc.property(thresholds, statuses, (limits, of) => {
      let firing = false;
      const expected = of.map((_, i) => {
        if (of[i] === 'invalid') return [];
        const valid = of.slice(0, i + 1).filter((s) => s !== 'invalid');
        const { failures, recoveries } = limits;
        const bad = valid.length >= failures && valid.slice(-failures).every((s) => s !== 'up');
        const good =
          valid.length >= recoveries && valid.slice(-recoveries).every((s) => s === 'up');
        if (firing ? !good : !bad) return [];
        firing = !firing;
        return [firing ? 'fire' : 'recover'];
      });
      const actual = play(limits, runsOf(of)).map((effects) => effects.map((e) => e.type));
      assert.deepEqual(actual, expected);
    }),
  );
});

test('since is the plan of the first bad run of the streak that fired', () => {
  fc.assert(
    fc.property(thresholds, statuses, (limits, of) => {
      const runs = runsOf(of);
      play(limits, runs).forEach((effects, i) => {
        const fire = effects.find((effect) => effect.type === 'fire');
        if (!fire) return;
        const valid = runs.slice(0, i + 1).filter((run) => run.status !== 'invalid');
        const first = valid[valid.findLastIndex((run) => run.status === 'up') + 1];
        assert.equal(fire.sinceMs, first?.plannedAtMs);
        assert.equal(fire.failures, limits.failures);
      });
    }),
  );
});

test('invalid, late and repeated runs change nothing', () => {
  const noise = fc.array(fc.tuple(fc.nat(60), fc.nat(60), status), { maxLength: 30 });
  fc.assert(
    fc.property(thresholds, statuses, noise, (limits, of, extras) => {
      const clean = runsOf(of).filter((run) => run.status !== 'invalid');
      const noisy = clean.flatMap((run, i) => {
        const late = extras
          .filter(([after]) => after === i)
          .map(([, back, s]) => ({ plannedAtMs: run.plannedAtMs - back * 1_000, status: s }));
        const invalid = { plannedAtMs: run.plannedAtMs + 1_500, status: 'invalid' as const };
        return [run, ...late, invalid];
      });
      // The clock stands past every run, so that none of them seems to come from the future.
      const nowMs = 1_000_000;
      const effectsOf = (runs: AlertRun[]) => kinds(playAt(limits, runs, nowMs));
      assert.deepEqual(effectsOf(noisy), effectsOf(clean));
    }),
  );
});

test('a restart after any run makes no difference', () => {
  fc.assert(
    fc.property(thresholds, statuses, fc.nat(60), (limits, of, cutAt) => {
      const runs = runsOf(of);
      const restarted = playWithRestart(limits, runs, cutAt, 0);
      assert.deepEqual(restarted.map(kindOf), kinds(play(limits, runs)));
    }),
    { numRuns: 1_000 },
  );
});

test('runs stored but not judged before a restart: told in turns, and in the end the truth', () => {
  fc.assert(
    fc.property(thresholds, statuses, fc.nat(60), fc.nat(4), (limits, of, cutAt, unjudged) => {
      // An outage that began and passed within the unjudged runs may stay untold; what lasts may not.
      const lasting = of.at(-1) === 'up' ? ('up' as const) : ('down' as const);
      const longest = Math.max(limits.failures, limits.recoveries);
      const runs = runsOf([...of, ...Array<typeof lasting>(longest).fill(lasting)]);
      const told = playWithRestart(limits, runs, Math.min(cutAt, of.length), unjudged).map(kindOf);
      told.forEach((kind, i) => {
        assert.equal(kind, i % 2 === 0 ? 'fire' : 'recover');
      });
      assert.equal(told.length % 2 === 1, lasting === 'down');
    }),
    { numRuns: 1_000 },
  );
});

const kindOf = (effect: AlertEffect) => effect.type;

/** The process ends after `cutAt` runs, the last `unjudged` of them stored but not judged. */
function playWithRestart(
  limits: Thresholds,
  runs: readonly AlertRun[],
  cutAt: number,
  unjudged: number,
): AlertEffect[] {
  const cut = Math.min(cutAt, runs.length);
  const before = play(limits, runs.slice(0, Math.max(0, cut - unjudged))).flat();
  const last = before.at(-1);
  const open = last?.type === 'fire' ? last.sinceMs : undefined;
  const valid = runs.slice(0, cut).filter((run) => run.status !== 'invalid');
  const known = valid.slice(-(Math.max(limits.failures, limits.recoveries) + unjudged));
  const restarted = replay(limits, open, known, 1_000_000);
  const after = play(limits, runs.slice(cut), restarted.state).flat();
  return [...before, ...restarted.effects, ...after];
}

function playAt(limits: Thresholds, runs: readonly AlertRun[], nowMs: number): AlertEffect[][] {
  let state = QUIET;
  return runs.map((run) => {
    const step = stepAlert(limits, state, { type: 'run', run }, nowMs);
    state = step.state;
    return step.effects;
  });
}
