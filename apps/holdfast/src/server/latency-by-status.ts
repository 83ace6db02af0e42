// Latency by the code of the answer, and by class: a service that fails slowly and one that fails at
// once are two different faults. Codes are as exact as the store is; a class of several codes is put
// together from their quantiles.

import type { CodeRuns, Results, TimeRange } from '@holdfast/engines/results';
import type { ClassLatency, CodeLatency, StatusLatency } from '@holdfast/resources/api';
import type { CheckReference } from '@holdfast/resources/result';

/** What the other kinds say when all is well. */
const GOOD_CODES: ReadonlySet<string> = new Set(['OK', 'NOERROR']);
/** Halvings: to a billionth of the longest run. */
const STEPS = 30;

export async function latencyByStatus(
  results: Pick<Results, 'statusLatencies'>,
  check: CheckReference,
  { fromMs, toMs }: TimeRange,
): Promise<StatusLatency> {
  const runs = await results.statusLatencies({ check, fromMs, toMs });
  const codes = runs.map((one) => ({ ...one, class: classOf(one.code) })).sort(byCode);
  return { fromMs, toMs, codes, classes: classesOf(codes) };
}

function byCode(a: CodeRuns, b: CodeRuns): number {
  return a.code < b.code ? -1 : Number(a.code > b.code);
}

function classOf(code: string): string {
  if (/^[1-9]\d\d$/.test(code)) return `${code[0]}xx`;
  return GOOD_CODES.has(code) ? 'ok' : 'failed';
}

function classesOf(codes: readonly CodeLatency[]): ClassLatency[] {
  const classes = [...Map.groupBy(codes, (code) => code.class)]
    .map(([name, those]) => joined(name, those))
    .sort((a, b) => (a.class < b.class ? -1 : 1));
  const good = classes.find((one) => one.class === '2xx' || one.class === 'ok');
  return classes.map((one) =>
    good === undefined || one === good ? one : { ...one, offsetMs: one.p90Ms - good.p90Ms },
  );
}

function joined(name: string, codes: readonly CodeLatency[]): ClassLatency {
  return {
    class: name,
    runs: codes.reduce((sum, { runs }) => sum + runs, 0),
    p50Ms: quantileOfAll(codes, 0.5),
    p90Ms: quantileOfAll(codes, 0.9),
    p99Ms: quantileOfAll(codes, 0.99),
    maxMs: Math.max(...codes.map(({ maxMs }) => maxMs)),
  };
}

/** Where the share of all runs that are faster passes q; between the quantiles of the codes. */
function quantileOfAll(codes: readonly CodeLatency[], q: 0.5 | 0.9 | 0.99): number {
  const own = codes.map(({ p50Ms, p90Ms, p99Ms }) => ({ 0.5: p50Ms, 0.9: p90Ms, 0.99: p99Ms })[q]);
  let low = Math.min(...own);
  let high = Math.max(...own);
  const wanted = q * codes.reduce((sum, { runs }) => sum + runs, 0);
  for (let step = 0; step < STEPS && low < high; step += 1) {
    const middle = (low + high) / 2;
    const faster = codes.reduce((sum, code) => sum + code.runs * shareBelow(code, middle), 0);
    if (faster < wanted) low = middle;
    else high = middle;
  }
  return high;
}

/** Of one code's runs, straight between the quantiles that are known. */
function shareBelow({ p50Ms, p90Ms, p99Ms, maxMs }: CodeLatency, ms: number): number {
  const known = [
    [0, 0],
    [p50Ms, 0.5],
    [p90Ms, 0.9],
    [p99Ms, 0.99],
    [maxMs, 1],
  ] as const;
  let [fromMs, from]: readonly [number, number] = [0, 0];
  for (const [toMs, to] of known) {
    if (ms < toMs) return from + ((to - from) * (ms - fromMs)) / (toMs - fromMs);
    [fromMs, from] = [toMs, to];
  }
  return 1;
}
