import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '@holdfast/resources/result';
import { advance, type CheckProgress, UNSEEN } from './check-progress.ts';

function after(...statuses: Status[]): CheckProgress {
  return statuses.reduce((progress, status, index) => {
    const key = { namespace: 'n', check: 'c', location: 'l', plannedAtMs: index, attempt: 1 };
    return advance(progress, { key, status });
  }, UNSEEN);
}

test('a check is unknown until its first valid run', () => {
  assert.equal(after().state, 'unknown');
  assert.equal(after('invalid', 'invalid').state, 'unknown');
  assert.equal(after('invalid', 'up').state, 'up');
});

test('one bad run is down at once; it stays degraded until five good ones', () => {
  assert.equal(after('up', 'down').state, 'down');
  assert.equal(after('up', 'timeout').state, 'down');
  assert.equal(after('down', 'up', 'up', 'up', 'up').state, 'degraded');
  assert.equal(after('down', 'up', 'up', 'up', 'up', 'up').state, 'up');
});

test('since is the run that brought the state, and invalid runs do not move it', () => {
  assert.equal(after('up', 'down', 'invalid', 'down').sinceMs, 1);
  assert.equal(after('up', 'up').sinceMs, 0);
});

test('a late or repeated run changes nothing', () => {
  const progress = after('up', 'up');
  const key = { namespace: 'n', check: 'c', location: 'l', plannedAtMs: 0, attempt: 1 };
  assert.equal(advance(progress, { key, status: 'down' }), progress);
});
