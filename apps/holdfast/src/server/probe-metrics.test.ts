import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '@holdfast/telemetry/metrics';
import { sampleCheck, sampleResult } from '../testing/sample.ts';
import { createProbeMetrics } from './probe-metrics.ts';

function setUp() {
  const metrics = createMetrics();
  const probe = createProbeMetrics(metrics.meter);
  probe.configure([sampleCheck()]);
  const lines = async () =>
    (await metrics.scrape()).text.split('\n').filter((line) => /^(http|holdfast)_probe/.test(line));
  return { probe, lines };
}

test('the series of a target follow its last run', async () => {
  const { probe, lines } = setUp();
  probe.observe(sampleResult());
  probe.observe(sampleResult({ atMs: 2_000, status: 'down', detail: { status_code: 503 } }));
  const text = (await lines()).join('\n');
  assert.match(text, /http_probe_success\{target="http:\/\/127.0.0.1:80\/",status="down"\} 0/);
  assert.doesNotMatch(text, /http_probe_success\{[^}]*status="up"/);
  assert.match(text, /http_probe_status_code_count\{[^}]*code="200"\} 1/);
  assert.match(text, /http_probe_status_code_count\{[^}]*code="503"\} 1/);
  assert.match(text, /http_probe_duration_seconds_bucket\{le="0.1",[^}]*\} 2/);
  assert.match(text, /holdfast_probe_up\{namespace="default",check="shop",kind="http"\} 0/);
  assert.match(text, /holdfast_probe_phase_seconds\{[^}]*phase="connect"\} 0.0024/);
  assert.doesNotMatch(text, /phase="tls"/);
});

test('an invalid run does not say that the target is down', async () => {
  const { probe, lines } = setUp();
  probe.observe(sampleResult());
  probe.observe(sampleResult({ atMs: 2_000, status: 'invalid', phases: [], detail: {} }));
  assert.match((await lines()).join('\n'), /holdfast_probe_up\{[^}]*\} 1/);
});

test('a removed check takes its series along', async () => {
  const { probe, lines } = setUp();
  probe.observe(sampleResult());
  probe.configure([]);
  assert.deepEqual(
    (await lines()).filter((line) => line.includes('{')),
    [],
  );
});

test('status codes of a hostile target are bounded', async () => {
  const { probe, lines } = setUp();
  for (let code = 200; code < 300; code += 1)
    probe.observe(sampleResult({ atMs: code, detail: { status_code: code } }));
  const codes = (await lines()).filter((line) => line.startsWith('http_probe_status_code_count{'));
  assert.equal(codes.length, 17);
  assert.ok(codes.some((line) => line.includes('code="other"} 84')));
});
