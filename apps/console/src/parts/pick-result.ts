// From a stretch of time on a chart to one result of it: the newest that failed if any did, else the
// slowest. A cell of the heat map asks for a latency as well; then only results inside it count.

import type { ResultList } from '@holdfast/resources/api';
import type { ProbeResult } from '@holdfast/resources/result';
import { checkApiPath, getJson } from '../api/client.ts';
import { setSearch } from '../app/location.tsx';
import { resultName } from './result-name.ts';

/** A stretch holds this many results at most when one is chosen from them. */
const RESULTS_MAX = 500;

export interface Stretch {
  startMs: number;
  stepMs: number;
  /** Of the result that is wanted. */
  latency?: { aboveMs: number; toMs: number };
}

export async function pickResult(namespace: string, name: string, stretch: Stretch): Promise<void> {
  const { startMs, stepMs } = stretch;
  const range = `from=${startMs}&to=${startMs + stepMs}`;
  const path = checkApiPath(namespace, name, `/results?${range}&limit=${RESULTS_MAX}`);
  const answer = await getJson<ResultList>(path, new AbortController().signal);
  const chosen = answer.ok ? tellingResult(answer.value.results, stretch.latency) : undefined;
  if (chosen !== undefined) setSearch({ run: resultName(chosen.key) });
}

function tellingResult(
  results: readonly ProbeResult[],
  latency: Stretch['latency'],
): ProbeResult | undefined {
  const inside = results.find(
    ({ status, totalMs }) =>
      latency !== undefined &&
      status === 'up' &&
      totalMs > latency.aboveMs &&
      totalMs <= latency.toMs,
  );
  const bad = results.find(({ status }) => status === 'down' || status === 'timeout');
  return inside ?? bad ?? [...results].sort((a, b) => b.totalMs - a.totalMs)[0];
}
