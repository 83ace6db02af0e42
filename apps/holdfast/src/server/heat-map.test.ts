import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { boundsFor } from './heat-map.ts';

function latency(minMs: number, maxMs: number) {
  const quantiles = { meanMs: minMs, p50Ms: minMs, p95Ms: maxMs, p99Ms: maxMs };
  return { latency: { minMs, maxMs, ...quantiles } };
}

test('bounds ascend, are at most 23, and let the slowest and the fastest stand in the outer rows', () => {
  const ms = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(ms, ms), { maxLength: 20 }), (pairs) => {
      const bounds = boundsFor(pairs.map(([a, b]) => latency(Math.min(a, b), Math.max(a, b))));
      assert.ok(bounds.length >= 1 && bounds.length <= 23);
      for (const [index, bound] of bounds.entries()) {
        assert.ok(bound > (bounds[index - 1] ?? 0));
      }
    }),
  );
  const wide = boundsFor([latency(1, 10), latency(2, 1_000)]);
  assert.ok((wide[0] ?? 0) < 1.5 && (wide.at(-1) ?? 0) > 700 && (wide.at(-1) ?? 0) < 1_000);
});

test('latencies that hardly differ still get rows around them; without any there is one bound', () => {
  const close = boundsFor([latency(10, 10)]);
  assert.ok((close[0] ?? 0) < 10 && (close.at(-1) ?? 0) > 10);
  assert.deepEqual(boundsFor([{}]), [1]);
});
