// Latency by code over a range: whole hours from hour buckets, the parts of hours at either end from
// minutes. Holds one sketch per code, however many buckets are added.

import { LatencySketch } from '@holdfast/kernel';
import { HOUR_MS } from '../results/questions.ts';
import type { CodeRuns } from '../results/results.ts';
import { decodeOwn, mergeCodes } from './code-sketches.ts';

export interface CodeRange {
  /** Multiples of a minute. */
  fromMs: number;
  toMs: number;
}

export interface Stretch extends CodeRange {
  grain: 'minutes' | 'hours';
}

export function stretchesOf({ fromMs, toMs }: CodeRange): Stretch[] {
  const firstHourMs = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
  const lastHourMs = Math.floor(toMs / HOUR_MS) * HOUR_MS;
  if (firstHourMs >= lastHourMs) return [{ grain: 'minutes', fromMs, toMs }];
  return [
    { grain: 'minutes', fromMs, toMs: firstHourMs },
    { grain: 'hours', fromMs: firstHourMs, toMs: lastHourMs },
    { grain: 'minutes', fromMs: lastHourMs, toMs },
  ];
}

export class CodeSums {
  readonly #sums = new Map<string, LatencySketch>();

  /** A bucket as it is stored. */
  add(bytes: unknown, code: unknown, codes: unknown): void {
    if (typeof code === 'string' && bytes instanceof Uint8Array) {
      const sum = this.#sums.get(code) ?? new LatencySketch();
      sum.mergeEncoded(bytes);
      this.#sums.set(code, sum);
    }
    const own = codes instanceof Uint8Array ? decodeOwn(codes) : undefined;
    mergeCodes(this.#sums, { upCode: undefined, own }, undefined);
  }

  /** By code. */
  told(): CodeRuns[] {
    return [...this.#sums]
      .map(([code, sketch]) => codeRuns(code, sketch))
      .sort((a, b) => (a.code < b.code ? -1 : 1));
  }
}

function codeRuns(code: string, sketch: LatencySketch): CodeRuns {
  const quantileMs = (share: number) => sketch.quantile(share) ?? Number.NaN;
  return {
    code,
    runs: sketch.count,
    p50Ms: quantileMs(0.5),
    p90Ms: quantileMs(0.9),
    p99Ms: quantileMs(0.99),
    maxMs: quantileMs(1),
  };
}
