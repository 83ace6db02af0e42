// What a command costs beside its work: the fastest of a few calls, because other work on the machine
// only ever makes one slower. Bounds are generous; they hold against something heavy loaded at the start.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { holdfast } from './holdfast-process.ts';
import { type SwitchableTarget, startTarget } from './switchable-target.ts';

const CALLS = 5;
const HELP_MS_MAX = 500;
const PROBE_MS_MAX = 1_500;

let target: SwitchableTarget;
before(async () => {
  target = await startTarget();
});
after(() => target.close());

async function fastestMs(words: string[]): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let call = 0; call < CALLS; call += 1) {
    const startMs = performance.now();
    const { code, error } = await holdfast(words);
    assert.equal(code, 0, error);
    fastest = Math.min(fastest, performance.now() - startMs);
  }
  return fastest;
}

test('help and a single probe are there at once', async (context) => {
  const helpMs = await fastestMs(['--help']);
  const probeMs = await fastestMs(['probe', target.url, '--json']);
  context.diagnostic(`help ${helpMs.toFixed(0)} ms, probe ${probeMs.toFixed(0)} ms`);
  assert.ok(helpMs < HELP_MS_MAX, `help took ${helpMs.toFixed(0)} ms`);
  assert.ok(probeMs < PROBE_MS_MAX, `a probe took ${probeMs.toFixed(0)} ms`);
});
