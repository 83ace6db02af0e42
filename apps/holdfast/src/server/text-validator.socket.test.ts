// Texts are validated beside the server, not in it: its own loop goes on, hostile texts end in bounded
// time, and whoever waits when the thread ends is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isHoldfastError, systemClock } from '@holdfast/kernel';
import { TextValidator } from './text-validator.ts';

const PLUGIN = fileURLToPath(
  new URL('../../../../examples/plugins/redis/redis.js', import.meta.url),
);
const NOTHING_AROUND = { plugins: [] };
/** About a megabyte. */
const LARGE = `checks:\n${Array.from(
  { length: 16_000 },
  (_, at) => `  - {name: check-${at}, target: "tcp://127.0.0.1:${at + 1}", interval: 1m}\n`,
).join('')}`;

async function longestHoldUpMs(work: Promise<unknown>): Promise<number> {
  let longestMs = 0;
  let lastMs = performance.now();
  const watch = setInterval(() => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
  }, 5);
  await work.finally(() => clearInterval(watch));
  return longestMs;
}

test('a megabyte is validated while the server goes on', async (context) => {
  const validator = new TextValidator(systemClock);
  try {
    await validator.validate('checks: []\n', 'yaml', NOTHING_AROUND);
    const work = validator.validate(LARGE, 'yaml', NOTHING_AROUND);
    const heldUpMs = await longestHoldUpMs(work);
    const { valid, checks } = await work;
    assert.deepEqual([valid, checks.length], [true, 16_000]);
    context.diagnostic(`held up for ${heldUpMs.toFixed(0)} ms at most`);
    assert.ok(heldUpMs < 400, `held up for ${heldUpMs.toFixed(0)} ms`);
  } finally {
    await validator.close();
  }
});

test('it knows the preset and the plugins in force, and loads no others', async () => {
  const validator = new TextValidator(systemClock);
  const text = (plugin: string, interval: string) =>
    `plugins: [${plugin}]\nchecks: [{name: a, target: "redis://127.0.0.1:1", interval: ${interval}, timeout: 1s}]\n`;
  try {
    const around = { plugins: [PLUGIN], preset: 'dev' as const };
    const known = await validator.validate(text(PLUGIN, '1s'), 'yaml', around);
    assert.deepEqual([known.problems, known.checks[0]?.kind], [[], 'redis']);
    const bare = await validator.validate(text(PLUGIN, '1s'), 'yaml', { plugins: [PLUGIN] });
    assert.match(JSON.stringify(bare.problems), /interval/);
    const strange = await validator.validate(text('/etc/hostname.js', '5s'), 'yaml', around);
    assert.match(JSON.stringify(strange.problems), /not one of those in force/);
  } finally {
    await validator.close();
  }
});

test('too many that wait are refused, and so is who waits when it ends', async () => {
  const validator = new TextValidator(systemClock);
  const asked = Array.from({ length: 20 }, () =>
    validator.validate(LARGE, 'yaml', NOTHING_AROUND).catch((error: unknown) => error),
  );
  await validator.close();
  const refused = await Promise.all(asked);
  assert.ok(refused.every((one) => isHoldfastError(one) && one.code === 'BUSY'));
  assert.ok(refused.some((one) => one instanceof Error && /16 texts wait/.test(one.message)));
  const { valid } = await validator.validate('checks: []\n', 'yaml', NOTHING_AROUND);
  assert.equal(valid, true);
  await validator.close();
});
