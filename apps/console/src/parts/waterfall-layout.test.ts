import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeResult } from '@holdfast/resources/result';
import fc from 'fast-check';
import { layoutWaterfall, rulerTicks } from './waterfall-layout.ts';

function result(changes: Partial<ProbeResult>): ProbeResult {
  return {
    key: { namespace: 'a', check: 'b', location: 'local', plannedAtMs: 0, attempt: 1 },
    kind: 'http',
    target: 'http://x/',
    agent: 'a',
    startedAtMs: 0,
    scheduleLagMs: 0,
    loopLagMs: 0,
    status: 'up',
    totalMs: 100,
    phases: [],
    context: {},
    detail: {},
    ...changes,
  };
}

test('redirects are stacked, phases share one ruler, the kernel speaks of the last connection', () => {
  const layout = layoutWaterfall(
    result({
      phases: [
        { name: 'connect', hop: 0, startMs: 0, durationMs: 10 },
        { name: 'wait', hop: 0, startMs: 10, durationMs: 20 },
        { name: 'connect', hop: 1, startMs: 30, durationMs: 10 },
        { name: 'wait', hop: 1, startMs: 40, durationMs: 60 },
      ],
      context: {
        urls: ['http://x/', 'http://y/'],
        kernel: { handshakeMs: 8, rttVarianceMs: 1, retransmits: 0, mssBytes: 1448 },
      },
    }),
  );
  assert.deepEqual(
    layout.hops.map((hop) => [hop.hop, hop.url, hop.phases.length]),
    [
      [0, 'http://x/', 2],
      [1, 'http://y/', 2],
    ],
  );
  assert.equal(layout.hops[0]?.phases[0]?.kernel, undefined);
  assert.deepEqual(layout.hops[1]?.phases[0]?.kernel, { at: 0.38, handshakeMs: 8 });
});

test('only the phase that failed in the last hop is marked', () => {
  const layout = layoutWaterfall(
    result({
      status: 'timeout',
      fault: { class: 'timeout', code: 'TIMEOUT', httpStatus: 504, phase: 'wait', message: 'm' },
      phases: [
        { name: 'wait', hop: 0, startMs: 0, durationMs: 20 },
        { name: 'wait', hop: 1, startMs: 20, durationMs: 80 },
      ],
    }),
  );
  assert.deepEqual(
    layout.hops.map((hop) => hop.phases.map((phase) => phase.failed)),
    [[false], [true]],
  );
});

test('a result without phases is an empty ruler, not a failure', () => {
  assert.deepEqual(layoutWaterfall(result({ totalMs: 0 })).hops, []);
});

test('a ruler has a few round ticks that never touch the total', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 100_000, noNaN: true }), (totalMs) => {
      const ticks = rulerTicks(totalMs);
      assert.ok(ticks.length >= 2 && ticks.length <= 5, `${totalMs}: ${ticks.length}`);
      assert.ok(ticks.every((tick) => tick.at >= 0 && tick.at <= 0.88));
    }),
  );
});
