import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHoldfastError } from './error.ts';
import { LatencySketch } from './latency-sketch.ts';

/** Spread over all decades, as latencies are, with the ends and what lies outside. */
const latencyMs = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -3, max: 7, noNaN: true }).map((e) => 10 ** e) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 2_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(0.001, 1e7, 0, -1, 1e9, Number.POSITIVE_INFINITY) },
);
const latencies = fc.array(latencyMs, { minLength: 1, maxLength: 100, size: 'max' });
const QUANTILES = [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1];

/** The promised hundredth, and the rounding of a logarithm. */
const RELATIVE_ERROR = 0.01 + 1e-9;

function sketchOf(valuesMs: readonly number[]): LatencySketch {
  const sketch = new LatencySketch();
  for (const valueMs of valuesMs) sketch.add(valueMs);
  return sketch;
}

const clamped = (valueMs: number) => Math.min(1e7, Math.max(0.001, valueMs));

function assertSame(actual: LatencySketch, expected: LatencySketch): void {
  assert.equal(actual.count, expected.count);
  assert.equal(actual.min, expected.min);
  assert.equal(actual.max, expected.max);
  assert.ok(Math.abs(actual.sum - expected.sum) <= 1e-9 * expected.sum);
  for (const q of QUANTILES) assert.equal(actual.quantile(q), expected.quantile(q));
}

test('every quantile is within one per cent of the sorted list', () => {
  fc.assert(
    fc.property(latencies, fc.double({ min: 0, max: 1, noNaN: true }), (valuesMs, anyQ) => {
      const sketch = sketchOf(valuesMs);
      const sorted = valuesMs.map(clamped).sort((a, b) => a - b);
      for (const q of [...QUANTILES, anyQ]) {
        const truth = sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN;
        const told = sketch.quantile(q) ?? Number.NaN;
        assert.ok(Math.abs(told - truth) <= RELATIVE_ERROR * truth, `${q}: ${told} for ${truth}`);
      }
    }),
    { numRuns: 300 },
  );
});

test('the ends, the count and the sum are exact', () => {
  const sketch = sketchOf([12.5, 1, 99.75]);
  assert.deepEqual([sketch.count, sketch.min, sketch.max, sketch.sum], [3, 1, 99.75, 113.25]);
  assert.deepEqual([sketch.quantile(0), sketch.quantile(1)], [1, 99.75]);
});

test('merging parts equals adding all to one', () => {
  fc.assert(
    fc.property(fc.array(latencies, { minLength: 1, maxLength: 5 }), (parts) => {
      const merged = new LatencySketch();
      for (const part of parts) merged.merge(sketchOf(part));
      assertSame(merged, sketchOf(parts.flat()));
    }),
  );
});

test('a merge leaves the other as it was, and a sketch may be merged into itself', () => {
  const sketch = sketchOf([1, 10]);
  const other = sketchOf([5]);
  sketch.merge(other);
  assertSame(other, sketchOf([5]));
  sketch.merge(sketch);
  assertSame(sketch, sketchOf([1, 10, 5, 1, 10, 5]));
});

test('adding with a count equals adding as often', () => {
  fc.assert(
    fc.property(latencyMs, fc.integer({ min: 1, max: 50 }), (valueMs, count) => {
      const once = new LatencySketch();
      once.add(valueMs, count);
      assertSame(once, sketchOf(new Array<number>(count).fill(valueMs)));
    }),
  );
});

test('decode reads back what encode wrote', () => {
  fc.assert(
    fc.property(
      fc.array(latencyMs, { maxLength: 300 }),
      fc.integer({ min: 1, max: 2 ** 40 }),
      (valuesMs, count) => {
        const sketch = sketchOf(valuesMs);
        if (valuesMs[0] !== undefined) sketch.add(valuesMs[0], count);
        const bytes = sketch.encode();
        assertSame(LatencySketch.decode(bytes), sketch);
        assert.deepEqual(LatencySketch.decode(bytes).encode(), bytes);
      },
    ),
  );
});

test('merging bytes equals merging the sketch that they are of', () => {
  fc.assert(
    fc.property(fc.array(latencies, { minLength: 1, maxLength: 5 }), (parts) => {
      const [actual, expected] = [new LatencySketch(), new LatencySketch()];
      for (const part of parts) {
        actual.mergeEncoded(sketchOf(part).encode());
        expected.merge(LatencySketch.decode(sketchOf(part).encode()));
      }
      assert.deepEqual(actual.encode(), expected.encode());
    }),
  );
});

test('bytes that cannot be read change nothing', () => {
  const sketch = sketchOf([1, 10]);
  const good = sketchOf([5, 7]).encode();
  assert.throws(() => sketch.mergeEncoded(good.subarray(0, good.length - 1)), isHoldfastError);
  assert.throws(() => sketch.mergeEncoded(good.slice().fill(0, 1, 9)), isHoldfastError);
  assertSame(sketch, sketchOf([1, 10]));
});

test('cells count what the ranks tell', () => {
  const bounds = fc
    .uniqueArray(latencyMs, { maxLength: 12 })
    .map((boundsMs) => boundsMs.sort((a, b) => a - b));
  fc.assert(
    fc.property(fc.array(latencyMs, { maxLength: 80 }), bounds, (valuesMs, boundsMs) => {
      const sketch = sketchOf(valuesMs);
      const cells = new Array<number>(boundsMs.length + 1).fill(0);
      for (let rank = 0; rank < valuesMs.length; rank += 1) {
        // Half a rank more keeps rounding from telling the one before.
        const q = Math.min(1, (rank + 0.5) / Math.max(1, valuesMs.length - 1));
        const told = sketch.quantile(rank === 0 ? 0 : q) ?? Number.NaN;
        const cell = boundsMs.findIndex((boundMs) => told <= boundMs);
        const place = cell === -1 ? boundsMs.length : cell;
        cells[place] = (cells[place] ?? 0) + 1;
      }
      assert.deepEqual(sketch.cells(boundsMs), cells);
    }),
    { numRuns: 1_000 },
  );
});

test('cells refuse bounds that do not ascend', () => {
  for (const boundsMs of [[2, 1], [1, 1], [Number.NaN]])
    assert.throws(() => sketchOf([1]).cells(boundsMs), RangeError);
  assert.deepEqual(new LatencySketch().cells([1, 2]), [0, 0, 0]);
  assert.deepEqual(sketchOf([1, 2]).cells([]), [2]);
});

test('a decoded sketch goes on like the one it came from', () => {
  const sketch = LatencySketch.decode(sketchOf([1, 2, 3]).encode());
  sketch.add(1_000);
  assertSame(sketch, sketchOf([1, 2, 3, 1_000]));
});

test('bytes are read from within a larger buffer, as databases hand them out', () => {
  const bytes = sketchOf([3, 4]).encode();
  const larger = new Uint8Array(bytes.length + 20);
  larger.set(bytes, 7);
  assertSame(LatencySketch.decode(larger.subarray(7, 7 + bytes.length)), sketchOf([3, 4]));
});

test('an empty sketch tells nothing and is one byte long', () => {
  const sketch = new LatencySketch();
  assert.deepEqual(
    [sketch.count, sketch.sum, sketch.min, sketch.max],
    [0, 0, undefined, undefined],
  );
  assert.equal(sketch.quantile(0.5), undefined);
  assert.equal(sketch.encode().length, 1);
  assertSame(LatencySketch.decode(sketch.encode()), sketch);
});

test('whatever comes in, a sketch stays small', () => {
  const sketch = new LatencySketch();
  for (let exponent = -4; exponent < 8; exponent += 0.001) sketch.add(10 ** exponent);
  assert.ok(sketch.encode().length < 3_500, `${sketch.encode().length} bytes`);
});

test('what is no latency, no count or no quantile is refused', () => {
  const sketch = new LatencySketch();
  assert.throws(() => sketch.add(Number.NaN), RangeError);
  for (const count of [0, -1, 1.5, Number.NaN])
    assert.throws(() => sketch.add(1, count), RangeError);
  for (const q of [-0.1, 1.1, Number.NaN]) assert.throws(() => sketch.quantile(q), RangeError);
  assert.equal(sketch.count, 0);
});

function refuses(bytes: Uint8Array): void {
  assert.throws(
    () => LatencySketch.decode(bytes),
    (error) => isHoldfastError(error) && error.code === 'STORE_FAILED',
  );
}

const GARBAGE: Record<string, (good: Uint8Array) => Uint8Array> = {
  nothing: () => new Uint8Array(0),
  'another version': (good) => good.with(0, 2),
  'totals alone': (good) => good.subarray(0, 25),
  'a cut count': (good) => good.subarray(0, good.length - 1),
  'a gap without a count': (good) => Uint8Array.of(...good, 5),
  'a count of zero': (good) => Uint8Array.of(...good, 5, 0),
  'a bucket beyond the last': (good) => Uint8Array.of(...good, 0xff, 0x7f, 1),
  'a number that never ends': (good) => Uint8Array.of(...good, ...new Array(9).fill(0x80), 1),
  'a count beyond whole numbers': (good) =>
    Uint8Array.of(...good, 0, ...new Array(7).fill(0xff), 0x7f),
  'totals that are no numbers': (good) => good.slice().fill(0xff, 1, 25),
  'a sum that the counts cannot have': (good) => good.slice().fill(0, 1, 9),
};

for (const [what, make] of Object.entries(GARBAGE)) {
  test(`decode refuses ${what}`, () => refuses(make(sketchOf([1, 2, 3]).encode())));
}

test('decode meets any bytes with a sketch or a HoldfastError', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ maxLength: 200 }).map((rest) => Uint8Array.of(1, ...rest)),
    fc.tuple(latencies, fc.nat(), fc.nat(255)).map(([valuesMs, place, byte]) => {
      const good = sketchOf(valuesMs).encode();
      return good.with(place % good.length, byte);
    }),
  );
  fc.assert(
    fc.property(bytes, (any) => {
      try {
        const sketch = LatencySketch.decode(any);
        assert.ok(Number.isSafeInteger(sketch.count));
        assert.equal(sketch.quantile(0.5) === undefined, sketch.count === 0);
      } catch (error) {
        assert.ok(isHoldfastError(error), String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});
