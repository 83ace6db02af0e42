// The way of a result through the server: kept, shown, counted and judged for alerts, each at once.
// What the agent sent is acknowledged only once it is stored.

import type { Results } from '@holdfast/engines/results';
import type { FailureAnswer } from '@holdfast/resources/api';
import type { ProbeResult } from '@holdfast/resources/result';
import type { EventHub } from './event-hub.ts';
import type { LiveView } from './live-view.ts';
import type { ProbeMetrics } from './probe-metrics.ts';

export interface ResultFlowOptions {
  results: Results;
  view: LiveView;
  hub: EventHub;
  metrics: ProbeMetrics;
  /** What a run that was not up is answered with. */
  failure(result: ProbeResult): FailureAnswer | undefined;
  /** Resolves when all that the result caused is written down. */
  alerts: { observe(result: ProbeResult): Promise<void> };
}

export function createResultFlow(
  options: ResultFlowOptions,
): (batch: readonly ProbeResult[]) => Promise<void> {
  const { results, view, hub, metrics, failure, alerts } = options;
  return async (batch) => {
    const work: Promise<unknown>[] = [results.append(batch)];
    for (const result of batch) {
      const event = view.observe(result);
      if (event === undefined) continue;
      const error = failure(result);
      hub.publish(error === undefined ? event : { ...event, error });
      metrics.observe(result);
      work.push(alerts.observe(result));
    }
    await Promise.all(work);
  };
}
