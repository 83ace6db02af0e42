import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertDelivery, AlertRecord } from '@holdfast/resources/alert-record';
import type { CheckSummary } from '@holdfast/resources/api';
import { attentionOf, deliveryOutcome, lastChangeMs } from './attention.ts';

const DAY_MS = 86_400_000;

function check(name: string, changes: Partial<CheckSummary>): CheckSummary {
  return {
    namespace: 'n',
    name,
    kind: 'http',
    target: 't',
    labels: {},
    intervalMs: 1000,
    timeoutMs: 1000,
    paused: false,
    state: 'up',
    recent: [],
    missedRuns: 0,
    ...changes,
  };
}

test('worst first, newest first among equals, paused and healthy ones left out', () => {
  const alert: AlertRecord = {
    id: '1',
    rule: 'r',
    check: { namespace: 'n', check: 'old' },
    state: 'firing',
    sinceMs: 0,
    firedAtMs: 1,
    failures: 3,
  };
  const found = attentionOf(
    [
      check('fine', { certificateExpiresAtMs: 90 * DAY_MS }),
      check('cert', { certificateExpiresAtMs: 6 * DAY_MS }),
      check('shaky', { state: 'degraded' }),
      check('old', { state: 'down', sinceMs: 10 }),
      check('new', { state: 'down', sinceMs: 20 }),
      check('off', { state: 'down', paused: true }),
      check('blind', { state: 'unknown', lastStatus: 'invalid' }),
    ],
    [alert],
    0,
  );
  assert.deepEqual(
    found.map((item) => [item.check.name, item.reason]),
    [
      ['new', 'down'],
      ['old', 'down'],
      ['shaky', 'degraded'],
      ['cert', 'certificate'],
      ['blind', 'invalid'],
    ],
  );
  assert.equal(found[1]?.alert, alert);
  assert.equal(found[0]?.alert, undefined);
});

test('the outcome that needs a person is told', () => {
  const delivery = (id: string, state: AlertDelivery['state']): AlertDelivery => ({
    id,
    alertId: '1',
    channel: 'c',
    event: 'fired',
    state,
    attempts: 1,
    createdAtMs: 0,
    payload: '',
  });
  assert.equal(deliveryOutcome([delivery('a', 'delivered'), delivery('b', 'failed')])?.id, 'b');
  assert.equal(deliveryOutcome([]), undefined);
});

test('the last change is the newest since', () => {
  assert.equal(
    lastChangeMs([check('a', { sinceMs: 5 }), check('b', {}), check('c', { sinceMs: 9 })]),
    9,
  );
  assert.equal(lastChangeMs([check('b', {})]), undefined);
});
