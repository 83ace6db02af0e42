// The way of a result through the server: kept, and told (shown, counted, judged for alerts). A server
// with an agent of its own does both at once; in a fleet one server keeps it and all tell it.

import type { FailureAnswer } from '@holdfast/resources/api';
import type { ProbeResult } from '@holdfast/resources/result';
import type { EventHub } from './event-hub.ts';
import type { LiveView } from './live-view.ts';
import type { ProbeMetrics } from './probe-metrics.ts';

export interface ResultFlowOptions {
  view: LiveView;
  hub: EventHub;
  metrics: ProbeMetrics;
  /** What a run that was not up is answered with. */
  failure(result: ProbeResult): FailureAnswer | undefined;
  /** Resolves when all that the result caused is written down. */
  alerts: { observe(result: ProbeResult): Promise<void> };
}

/** Tells of a batch; resolves when all that it caused is written down. */
export function createResultFlow(
  options: ResultFlowOptions,
): (batch: readonly ProbeResult[]) => Promise<void> {
  const { view, hub, metrics, failure, alerts } = options;
  return async (batch) => {
    const work: Promise<unknown>[] = [];
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
