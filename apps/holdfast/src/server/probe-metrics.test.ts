import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '@holdfast/telemetry/metrics';
import { sampleCheck, sampleResult } from '../testing/sample.ts';
import { createProbeMetrics } from './probe-metrics.ts';

const TABLE = { entries: [{ faultCode: 'TLS_*', code: 'ERR_TRUST', httpStatus: 495 }] };

function setUp() {
  const metrics = createMetrics();
  const probe = createProbeMetrics(metrics.meter);
  probe.configure([sampleCheck()], TABLE);
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
  probe.configure([], TABLE);
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

test('runs that were not up are counted by the code of the fault table, bounded too', async () => {
  const { probe, lines } = setUp();
  const fails = (atMs: number, code: string) =>
    probe.observe(
      sampleResult({
        atMs,
        status: 'down',
        fault: { class: 'tls', code, httpStatus: 502, message: '', phase: 'tls' },
      }),
    );
  fails(2_000, 'TLS_CERTIFICATE_EXPIRED');
  fails(3_000, 'TLS_UNTRUSTED');
  fails(4_000, 'CONNECT_REFUSED');
  probe.observe(sampleResult({ atMs: 5_000 }));
  const counted = (await lines()).filter((line) => line.startsWith('holdfast_probe_errors_total{'));
  assert.deepEqual(
    counted.map((line) => line.replace(/.*code=/, '')),
    ['"ERR_TRUST"} 2', '"ERR_SERVICE_UNAVAILABLE"} 1'],
  );
  const entries = Array.from({ length: 40 }, (_, at) => {
    return { faultCode: `TLS_${at}`, code: `ERR_${at}`, httpStatus: 500 };
  });
  probe.configure([sampleCheck()], { entries });
  for (const { faultCode } of entries) fails(6_000, faultCode);
  const bounded = (await lines()).filter((line) => line.startsWith('holdfast_probe_errors_total{'));
  assert.equal(bounded.length, 17);
});

test('a target that two checks share keeps its series until the last one goes', async () => {
  const { probe, lines } = setUp();
  probe.configure([sampleCheck(), sampleCheck({ name: 'twin' })], TABLE);
  probe.observe(sampleResult());
  probe.configure([sampleCheck({ name: 'twin' })], TABLE);
  assert.match((await lines()).join('\n'), /http_probe_status_code_count\{/);
  probe.configure([], TABLE);
  assert.deepEqual(
    (await lines()).filter((line) => line.includes('{')),
    [],
  );
});
