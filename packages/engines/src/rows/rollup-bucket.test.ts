import assert from 'node:assert/strict';
import { it } from 'node:test';
import fastCheck from 'fast-check';
import { CodeSums } from './code-sums.ts';
import { RollupBucket, type StoredBucket } from './rollup-bucket.ts';

interface Run {
  status: number;
  totalMs: number;
  code: string | undefined;
}

const NOTHING: StoredBucket = { counts: [0, 0, 0, 0], sketch: null, upCode: null, codes: null };

function bucketOf(runs: readonly Run[]): RollupBucket {
  const bucket = new RollupBucket();
  for (const { status, totalMs, code } of runs) bucket.add(status, totalMs, code);
  return bucket;
}

/** What the stored bucket tells by code, without what rounding may change. */
function told({ sketch, upCode, codes }: StoredBucket) {
  const sums = new CodeSums();
  sums.add(sketch, upCode, codes);
  return sums.told();
}

const run = (codes: readonly (string | undefined)[]) =>
  fastCheck.record({
    status: fastCheck.constantFrom(0, 0, 0, 1, 2),
    totalMs: fastCheck.integer({ min: 1, max: 4 }).map((exponent) => 2 ** exponent),
    code: fastCheck.constantFrom(...codes),
  });

it('is the same however its runs are parted', () => {
  const batches = fastCheck.array(
    fastCheck.array(run(['200', '200', '404', '503', undefined]), { maxLength: 6 }),
    { maxLength: 5 },
  );
  const property = fastCheck.property(batches, (parts) => {
    const whole = bucketOf(parts.flat()).stored();
    const summed = parts.reduce((sum, part) => bucketOf(part).addedTo(sum), NOTHING);
    assert.deepEqual(summed.counts, whole.counts);
    assert.deepEqual(summed.sketch, whole.sketch);
    assert.deepEqual(told(summed), told(whole));
    assert.equal(summed.upCode, whole.upCode);
  });
  fastCheck.assert(property, { numRuns: 1_000, seed: 8 });
});

it('never tells more codes apart than it may, and counts every run that had one', () => {
  const codes = Array.from({ length: 40 }, (_, index) => `${400 + index}`);
  const batches = fastCheck.array(fastCheck.array(run(codes), { maxLength: 30 }), { maxLength: 5 });
  const property = fastCheck.property(batches, (parts) => {
    const summed = parts.reduce((sum, part) => bucketOf(part).addedTo(sum), NOTHING);
    const all = told(summed);
    assert.ok(all.filter(({ code }) => code !== 'other').length <= 16);
    assert.equal(
      all.reduce((sum, { runs }) => sum + runs, 0),
      parts.flat().length,
    );
  });
  fastCheck.assert(property, { numRuns: 300, seed: 9 });
});
