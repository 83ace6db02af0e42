import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '@holdfast/kernel';
import type { TlsFacts } from '@holdfast/resources/result';
import type { Terminal } from '../cli/terminal.ts';
import { sampleResult } from '../testing/sample.ts';
import { flatRecord, terminalReport } from './probe-report.ts';

const plain: Terminal = {
  out: () => {},
  error: () => {},
  columns: 80,
  colour: false,
  unicode: true,
};
const options = {
  tlsInfo: false,
  verbose: false,
  nowMs: Date.UTC(2026, 0, 1),
  traceId: 'a'.repeat(32),
};

const tls: TlsFacts = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  alpn: 'http/1.1',
  verified: false,
  verifyError: 'CERT_HAS_EXPIRED',
  chain: [
    {
      fingerprint256: 'ab',
      subject: 'CN=shop',
      issuer: 'CN=authority',
      serialNumber: '01',
      names: ['DNS:shop'],
      validFromMs: Date.UTC(2025, 0, 1),
      validToMs: Date.UTC(2025, 11, 22),
      publicKey: 'EC 256',
      certificateAuthority: false,
    },
  ],
};

test('the flat record leaves out what did not happen', () => {
  const record = flatRecord(sampleResult(), options);
  assert.equal(record.tcp_time_ms, 2.4);
  assert.equal(record.response_time_ms, 10);
  for (const absent of [
    'dns_time_ms',
    'tls_time_ms',
    'certificate_valid',
    'fault',
    'error',
    'headers',
    'tls',
  ]) {
    assert.ok(!(absent in record), absent);
  }
  assert.equal(record.negotiated_protocol, 'http/1.1');
});

test('redirects add up, and certificate facts are flat', () => {
  const phases = [
    { name: 'connect' as const, hop: 0, startMs: 0, durationMs: 1 },
    { name: 'connect' as const, hop: 1, startMs: 2, durationMs: 3 },
    { name: 'tls' as const, hop: 1, startMs: 5, durationMs: 4 },
  ];
  const record = flatRecord(sampleResult({ phases, context: { tls } }), {
    ...options,
    tlsInfo: true,
  });
  assert.equal(record.tcp_time_ms, 4);
  assert.equal(record.tls_time_ms, 4);
  assert.equal(record.certificate_valid, false);
  assert.equal(record.certificate_valid_until, '2025-12-22T00:00:00.000Z');
  assert.equal(record.certificate_days_left, -10);
  assert.equal(record.negotiated_protocol, 'http/1.1');
  assert.equal(record.tls, tls);
});

test('the terminal says the verdict first and what to try last, within 80 columns', () => {
  const result = sampleResult({
    status: 'down',
    target: `http://127.0.0.1:80/${'long/'.repeat(30)}`,
    context: { ...sampleResult().context, tls },
    fault: fault('TLS_CERTIFICATE_EXPIRED', 'expired 10 days ago', 'tls'),
  });
  const lines = terminalReport(result, plain, options).trimEnd().split('\n');
  assert.match(lines[0] ?? '', /^▲ down {2}http:.*….* 200 HTTP\/1.1/);
  assert.match(lines.at(-1) ?? '', /^ {2}try /);
  assert.match(lines.at(-2) ?? '', /TLS_CERTIFICATE_EXPIRED \(tls in tls\): expired/);
  for (const line of lines.slice(0, 4)) assert.ok(line.length <= 80, line);
  assert.ok(lines.some((line) => /certificate {2}expired 10 days ago, NOT verified/.test(line)));
});

test('each address of a name has its line', () => {
  const addresses = [
    { ip: '127.0.0.1', status: 'up', total_ms: 1.25 },
    { ip: '::1', status: 'down', total_ms: 0.5, code: 'CONNECT_REFUSED' },
  ];
  const text = terminalReport(sampleResult({ detail: { addresses } }), plain, options);
  assert.match(text, /address +127\.0\.0\.1 {2}up {2}1\.25 ms\n/);
  assert.match(text, /address +::1 {2}down {2}0\.500 ms {2}CONNECT_REFUSED\n/);
});

test('without unicode the report is plain ASCII', () => {
  const text = terminalReport(sampleResult(), { ...plain, unicode: false }, options);
  assert.match(text, /^[\x20-\x7e\n]+$/);
});
