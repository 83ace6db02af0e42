import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '@holdfast/kernel';
import type { AlertRecord } from '@holdfast/resources/alert-record';
import { alertMessage, spokenDuration } from './alert-message.ts';
import { sampleCheck, T0_MS } from './testing/samples.ts';

const firing: AlertRecord = {
  id: 'A1',
  rule: 'pages',
  check: { namespace: 'default', check: 'checkout' },
  state: 'firing',
  sinceMs: T0_MS,
  firedAtMs: T0_MS + 20_000,
  failures: 3,
  fault: fault('CONNECT_REFUSED', 'connection refused', 'connect', 'Start it.'),
};
const recovered: AlertRecord = {
  ...firing,
  state: 'recovered',
  recoveredAtMs: T0_MS + 250_000,
};

test('a firing carries these fields and no others', () => {
  assert.deepEqual(alertMessage(firing, sampleCheck('checkout', { team: 'pay' }), 'http://c/1'), {
    event: 'fired',
    alert_id: 'A1',
    rule: 'pages',
    check: 'checkout',
    namespace: 'default',
    target: 'https://checkout.example/health',
    labels: { team: 'pay' },
    status: 'down',
    fault: {
      class: 'connect',
      code: 'CONNECT_REFUSED',
      message: 'connection refused',
      cure: 'Start it.',
    },
    since: '2026-01-01T00:00:00.000Z',
    fired_at: '2026-01-01T00:00:20.000Z',
    failures: 3,
    console_url: 'http://c/1',
    text: 'checkout is down since 2026-01-01 00:00:00 UTC (3 bad runs in a row): connection refused',
  });
});

test('a recovery tells when and after how long', () => {
  const message = alertMessage(recovered, sampleCheck());
  assert.equal(message.event, 'recovered');
  assert.equal(message.status, 'up');
  assert.equal(message.recovered_at, '2026-01-01T00:04:10.000Z');
  assert.equal(message.duration_ms, 250_000);
  assert.equal(message.text, 'checkout is up again after 4m 10s.');
  assert.ok(!('console_url' in message));
});

test('another namespace is named, a timeout is told apart', () => {
  const record = {
    ...firing,
    check: { namespace: 'shop', check: 'pay' },
    failures: 1,
    fault: fault('TIMEOUT', 'no answer within 5s', 'wait'),
  };
  const message = alertMessage(record, sampleCheck());
  assert.equal(message.status, 'timeout');
  assert.match(message.text, /^shop\/pay is down since .* \(1 bad run\): no answer within 5s$/);
});

test('what a target sent can neither break the line nor call everyone', () => {
  const message = 'said\r\n<!channel> \u2028<http://evil|here>\u0000'.padEnd(2_000, 'x');
  const { text } = alertMessage(
    { ...firing, fault: fault('SERVER_FAILED', message) },
    sampleCheck(),
  );
  assert.doesNotMatch(text, /[<>\p{Cc}\u2028]/u);
  assert.ok(text.length <= 500);
});

test('durations are whole seconds with the units apart', () => {
  const spoken = [0, 400, 1_499, 60_000, 250_123, 3_600_000, 93_784_000, -5_000];
  assert.deepEqual(spoken.map(spokenDuration), [
    '0s',
    '0s',
    '1s',
    '1m',
    '4m 10s',
    '1h',
    '1d 2h 3m 4s',
    '0s',
  ]);
});
