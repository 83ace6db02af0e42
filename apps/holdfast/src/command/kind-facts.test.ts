import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleResult } from '../testing/sample.ts';
import { kindFacts } from './kind-facts.ts';

test('each kind says what matters of it', () => {
  const icmp = {
    packets_sent: 3,
    packets_received: 2,
    loss: 1 / 3,
    rtt_avg_ms: 2,
    rtt_min_ms: 1,
    rtt_max_ms: 3,
    jitter_ms: 0.5,
    ttl: 60,
    ttl_initial: 64,
  };
  assert.deepEqual(kindFacts(sampleResult({ kind: 'icmp', detail: icmp })), [
    ['packets', '3 sent, 2 received, 33.3 % lost'],
    ['round trip', 'min 1, avg 2, max 3, jitter 0.5 ms'],
    ['ttl', '60 of 64'],
  ]);
  const records = Array.from({ length: 14 }, (_, index) => `a. 60 IN A 127.0.0.${index}`);
  const dns = {
    rcode: 'NOERROR',
    query_time: 1.5,
    transport: 'udp',
    server: '127.0.0.1:53',
    records,
  };
  const rows = kindFacts(sampleResult({ kind: 'dns', detail: dns }));
  assert.deepEqual(rows[0], ['answer', 'NOERROR in 1.5 ms over udp from 127.0.0.1:53']);
  assert.deepEqual(rows.at(-1), ['record', 'and 2 more']);
  const grpc = { grpc_status: 'OK', serving_status: 'SERVING' };
  assert.deepEqual(kindFacts(sampleResult({ kind: 'grpc', detail: grpc })), [
    ['status', 'OK, SERVING'],
  ]);
  const tls = { key_exchange: 'X25519', ocsp: { stapled: true, status: 'good' } };
  assert.deepEqual(kindFacts(sampleResult({ kind: 'tls', detail: tls })), [
    ['keys', 'X25519'],
    ['ocsp', 'stapled, good'],
  ]);
  const tcp = {
    banner: '220-mail\n220 ready',
    recognized: { protocol: 'smtp', product: 'Exim', version: '4.96' },
    steps: [
      { step: 1, kind: 'expect', matched: '220 ready', at_ms: 1.5 },
      { step: 2, kind: 'send_bytes', bytes: 6, at_ms: 2 },
      { step: 3, kind: 'expect_bytes' },
    ],
    peer_text: '500 what?',
  };
  assert.deepEqual(kindFacts(sampleResult({ kind: 'tcp', detail: tcp })), [
    ['speaks', 'smtp Exim 4.96'],
    ['banner', '220-mail / 220 ready'],
    ['step', '1 expect: 220 ready (at 1.5 ms)'],
    ['step', '2 send bytes: 6 bytes (at 2 ms)'],
    ['step', '3 expect bytes (not done)'],
    ['it said', '500 what?'],
  ]);
});

test('a detail without what is looked for gives no rows', () => {
  for (const kind of ['icmp', 'dns', 'grpc', 'tls', 'tcp', 'http', 'other']) {
    assert.deepEqual(kindFacts(sampleResult({ kind, detail: {} })), []);
  }
});

test('a plugin tells its facts under its own names, bounded and on one line each', () => {
  const detail = {
    role: 'master',
    connected_clients: 3,
    slots: [1, 2],
    note: 'a\nb',
    addresses: [],
  };
  assert.deepEqual(kindFacts(sampleResult({ kind: 'redis', detail })), [
    ['role', 'master'],
    ['connected clients', '3'],
    ['slots', '[1,2]'],
    ['note', 'a / b'],
  ]);
  const many = Object.fromEntries(
    Array.from({ length: 60 }, (_, at) => [`fact_${at}`, 'x'.repeat(999)]),
  );
  const rows = kindFacts(sampleResult({ kind: 'redis', detail: many }));
  assert.equal(rows.length, 25);
  assert.deepEqual(rows.at(-1), ['', 'and 36 more']);
  assert.ok(rows.every(([, text]) => text.length <= 200));
});
