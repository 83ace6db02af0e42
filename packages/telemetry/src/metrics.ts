// The metric back end: the kernel's instruments on prom-client, and the text that Prometheus
// scrapes. A second instrument of the same name is a programmer's error and throws.

import type { Labels, Meter } from '@holdfast/kernel';
import {
  collectDefaultMetrics,
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  Registry,
} from 'prom-client';

export interface Metrics {
  meter: Meter;
  /** Called before each scrape, to set gauges that are only known when asked for. */
  onScrape(refresh: () => void): void;
  scrape(): Promise<{ contentType: string; text: string }>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const refreshers: (() => void)[] = [];
  collectDefaultMetrics({ register: registry });
  return {
    meter: meterOn(registry),
    onScrape: (refresh) => refreshers.push(refresh),
    scrape: async () => {
      for (const refresh of refreshers) refresh();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

const NO_LABELS: Labels = {};

function meterOn(registry: Registry): Meter {
  const base = (name: string, help: string, labelNames: readonly string[]) => ({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  });
  return {
    counter: (name, help, labelNames = []) => {
      const back = new PromCounter(base(name, help, labelNames));
      return {
        add: (amount, labels = NO_LABELS) => back.inc(labels, amount),
        remove: (labels) => back.remove(labels),
      };
    },
    gauge: (name, help, labelNames = []) => {
      const back = new PromGauge(base(name, help, labelNames));
      return {
        set: (value, labels = NO_LABELS) => back.set(labels, value),
        remove: (labels) => back.remove(labels),
      };
    },
    histogram: (name, help, buckets, labelNames = []) => {
      const back = new PromHistogram({ ...base(name, help, labelNames), buckets: [...buckets] });
      return {
        observe: (value, labels = NO_LABELS) => back.observe(labels, value),
        remove: (labels) => back.remove(labels),
      };
    },
  };
}
