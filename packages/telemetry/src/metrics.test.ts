import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from './metrics.ts';

test('instruments are scraped as text, and a removed series is gone', async () => {
  const metrics = createMetrics();
  const counter = metrics.meter.counter('runs_total', 'Runs.', ['check']);
  const gauge = metrics.meter.gauge('up', 'Up.', ['check']);
  const histogram = metrics.meter.histogram('seconds', 'Time.', [0.1, 1], ['check']);
  counter.add(2, { check: 'a' });
  gauge.set(1, { check: 'a' });
  gauge.set(0, { check: 'b' });
  gauge.remove({ check: 'b' });
  histogram.observe(0.5, { check: 'a' });
  const { contentType, text } = await metrics.scrape();
  assert.match(contentType, /text\/plain/);
  assert.match(text, /runs_total\{check="a"\} 2/);
  assert.match(text, /up\{check="a"\} 1/);
  assert.doesNotMatch(text, /check="b"/);
  assert.match(text, /seconds_bucket\{le="1",check="a"\} 1/);
});

test('gauges known only when asked are set before each scrape', async () => {
  const metrics = createMetrics();
  const gauge = metrics.meter.gauge('depth', 'Depth.');
  let depth = 3;
  metrics.onScrape(() => gauge.set(depth));
  assert.match((await metrics.scrape()).text, /^depth 3$/m);
  depth = 5;
  assert.match((await metrics.scrape()).text, /^depth 5$/m);
});
