// Runs counted into one bucket of a rollup: counts by status, the sketch of those that were up, latency
// by code. Buckets of the same minute add up, whoever counted them.

import { LatencySketch } from '@holdfast/kernel';
import {
  addCodedRun,
  type CodeSketches,
  decodeOwn,
  encodeOwn,
  mergeCodeSketches,
} from './code-sketches.ts';

const UP = 0;

/** A bucket as it is stored. */
export interface StoredBucket {
  /** By position in STATUSES. */
  counts: readonly number[];
  sketch: Uint8Array | null;
  upCode: string | null;
  codes: Uint8Array | null;
}

export class RollupBucket implements CodeSketches {
  readonly counts = [0, 0, 0, 0];
  sketch: LatencySketch | undefined;
  upCode: string | undefined;
  own: Map<string, LatencySketch> | undefined;

  /** As it was when it was stored. Throws STORE_FAILED for bytes of nobody's. */
  static of({ counts, sketch, upCode, codes }: StoredBucket): RollupBucket {
    const bucket = new RollupBucket();
    for (const [status, count] of counts.entries()) bucket.counts[status] = count;
    if (sketch !== null) bucket.sketch = LatencySketch.decode(sketch);
    bucket.upCode = upCode ?? undefined;
    bucket.own = codes === null ? undefined : decodeOwn(codes);
    return bucket;
  }

  add(status: number, totalMs: number, code: string | undefined): void {
    this.counts[status] = (this.counts[status] ?? 0) + 1;
    const isUp = status === UP;
    // Nearly always the code is the one that all runs of the bucket had.
    if (isUp ? code !== this.upCode : code !== undefined)
      addCodedRun(this, { code, isUp, totalMs }, this.sketch);
    if (!isUp) return;
    this.sketch ??= new LatencySketch();
    this.sketch.add(totalMs);
  }

  /** Adds this bucket's runs to those that are stored. Throws STORE_FAILED for bytes of nobody's. */
  addedTo(stored: StoredBucket): StoredBucket {
    const sum = RollupBucket.of(stored);
    mergeCodeSketches(sum, sum.sketch, this, this.sketch);
    for (const [status, count] of this.counts.entries())
      sum.counts[status] = (sum.counts[status] ?? 0) + count;
    if (this.sketch !== undefined) {
      sum.sketch ??= new LatencySketch();
      sum.sketch.merge(this.sketch);
    }
    return sum.stored();
  }

  stored(): StoredBucket {
    return {
      counts: this.counts,
      sketch: this.sketch?.encode() ?? null,
      upCode: this.upCode ?? null,
      codes: encodeOwn(this.own),
    };
  }
}
