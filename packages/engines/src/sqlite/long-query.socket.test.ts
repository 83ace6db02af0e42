// Questions that keep the reader busy must not hold up appends: whatever is asked, results go on
// being written, and what was written is told by the next answer.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { seededChance, silentLogger, systemClock } from '@holdfast/kernel';
import { sampleResult } from '../results/sample-results.ts';
import { openSqliteStore } from './open-store.ts';

const CHECKS = 200;
const ROUNDS = 40;
const QUESTIONS = 25;
const APPENDS = 10;
const ALWAYS = { fromMs: 0, toMs: 1e12 };
/** Far beyond what an append takes, far below what the questions take together when they block. */
const APPEND_MS_MAX = 2_000;

const chance = seededChance(9);

function round(number: number) {
  return Array.from({ length: CHECKS }, (_, index) =>
    sampleResult(chance, { check: `c${index}`, plannedAtMs: number * 60_000 }),
  );
}

it('appends while long questions are answered, and each in bounded time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-long-'));
  const path = join(folder, 'results.db');
  const store = await openSqliteStore({ path, clock: systemClock, logger: silentLogger });
  const { results } = store;
  try {
    for (let number = 0; number < ROUNDS; number += 1) await results.append(round(number));
    let answered = 0;
    const questions = Array.from({ length: QUESTIONS }, () =>
      results.rollups({ ...ALWAYS, stepMs: 60_000 }).then((buckets) => {
        answered += 1;
        assert.ok(buckets.length >= CHECKS * ROUNDS);
      }),
    );
    const tookMs: number[] = [];
    for (let number = 0; number < APPENDS; number += 1) {
      const begunMs = systemClock.nowMs();
      await results.append(round(ROUNDS + number));
      tookMs.push(systemClock.nowMs() - begunMs);
    }
    assert.ok(answered < QUESTIONS, 'questions are still open');
    assert.ok(Math.max(...tookMs) < APPEND_MS_MAX, `an append took ${Math.max(...tookMs)} ms`);
    await Promise.all(questions);
    const [newest] = await results.latest({ checks: [{ namespace: 'default', check: 'c7' }] });
    assert.equal(newest?.key.plannedAtMs, (ROUNDS + APPENDS - 1) * 60_000);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});
