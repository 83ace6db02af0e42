import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isHoldfastError, LatencySketch } from '@holdfast/kernel';
import fastCheck from 'fast-check';
import {
  addCodedRun,
  type CodedRun,
  type CodeSketches,
  decodeOwn,
  encodeOwn,
  mergeCodes,
} from './code-sketches.ts';

interface Bucket extends CodeSketches {
  up: LatencySketch | undefined;
}

/** As the rollup cache adds runs. */
function bucketOf(runs: readonly CodedRun[]): Bucket {
  const bucket: Bucket = { upCode: undefined, own: undefined, up: undefined };
  for (const run of runs) {
    addCodedRun(bucket, run, bucket.up);
    if (!run.isUp) continue;
    bucket.up ??= new LatencySketch();
    bucket.up.add(run.totalMs);
  }
  return bucket;
}

function told(bucket: Bucket): Record<string, number[]> {
  const sums = new Map<string, LatencySketch>();
  mergeCodes(sums, bucket, bucket.up);
  const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([code, sketch]) => [code, [sketch.count, sketch.max ?? 0]]),
  );
}

/** The first sixteen codes by name, all others together. */
function model(runs: readonly CodedRun[]): Record<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const { code, totalMs } of runs) {
    if (code === undefined) continue;
    const name =
      groups.has(code) || groups.size - Number(groups.has('other')) < 16 ? code : 'other';
    groups.set(name, [...(groups.get(name) ?? []), totalMs]);
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([code, all]) => [code, [all.length, Math.max(...all)]]));
}

it('keeps only a name while all runs are up with one code', () => {
  const bucket = bucketOf([1, 2, 3].map((totalMs) => ({ code: '200', isUp: true, totalMs })));
  assert.deepEqual([bucket.upCode, bucket.own, encodeOwn(bucket.own)], ['200', undefined, null]);
  assert.deepEqual(told(bucket), { 200: [3, 3] });
});

it('counts as the model does, whatever comes in which order, and over a restart', () => {
  const run = fastCheck.record({
    code: fastCheck.option(
      fastCheck.oneof(
        { weight: 3, arbitrary: fastCheck.constantFrom('200', '503') },
        fastCheck.nat(24).map((each) => `4${each}`),
      ),
      { nil: undefined },
    ),
    isUp: fastCheck.boolean(),
    totalMs: fastCheck.integer({ min: 1, max: 5_000 }),
  });
  const property = fastCheck.property(fastCheck.array(run, { maxLength: 80 }), (runs) => {
    const bucket = bucketOf(runs);
    assert.deepEqual(told(bucket), model(runs));
    const bytes = encodeOwn(bucket.own);
    assert.deepEqual(
      told({ ...bucket, own: bytes === null ? undefined : decodeOwn(bytes) }),
      model(runs),
    );
  });
  fastCheck.assert(property, { numRuns: 500, seed: 3 });
});

it('claims no code for up runs that were there before codes were kept', () => {
  const up = new LatencySketch();
  up.add(10);
  const bucket: Bucket = { upCode: undefined, own: undefined, up };
  addCodedRun(bucket, { code: '200', isUp: true, totalMs: 20 }, up);
  up.add(20);
  assert.deepEqual(told(bucket), { 200: [1, 20] });
});

it('meets any bytes with sketches or an error', () => {
  const bytes = fastCheck.oneof(
    fastCheck.uint8Array({ maxLength: 80 }),
    fastCheck.tuple(fastCheck.nat(), fastCheck.nat(255)).map(([place, byte]) => {
      const good = encodeOwn(bucketOf([{ code: '503', isUp: false, totalMs: 7 }]).own);
      return good?.with(place % good.length, byte) ?? new Uint8Array(0);
    }),
  );
  const property = fastCheck.property(bytes, (any) => {
    try {
      assert.ok(decodeOwn(any).size <= any.length);
    } catch (error) {
      assert.ok(error instanceof RangeError || isHoldfastError(error), String(error));
    }
  });
  fastCheck.assert(property, { numRuns: 1_000, seed: 8 });
});
