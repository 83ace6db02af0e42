import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckSummary } from '@holdfast/resources/api';
import {
  filterChecks,
  groupChecks,
  groupingsOf,
  labelCounts,
  parseCheckFilter,
  sortChecks,
} from './check-list.ts';

function check(name: string, changes: Partial<CheckSummary> = {}): CheckSummary {
  return {
    namespace: 'shop',
    name,
    kind: 'http',
    target: `http://${name}/`,
    labels: {},
    intervalMs: 10_000,
    timeoutMs: 5000,
    paused: false,
    state: 'up',
    recent: [],
    missedRuns: 0,
    ...changes,
  };
}

const checks = [
  check('api', { labels: { team: 'web', env: 'prod' }, lastTotalMs: 30 }),
  check('db', { state: 'down', labels: { team: 'data', env: 'prod' } }),
  check('cache', { state: 'degraded', labels: { team: 'data' }, lastTotalMs: 10 }),
  check('mail', { namespace: 'office', state: 'unknown', lastTotalMs: 20 }),
];
const names = (list: readonly CheckSummary[]) => list.map((item) => item.name);
const filtered = (search: string) =>
  names(filterChecks(checks, parseCheckFilter(new URLSearchParams(search))));

test('filters of the URL are joined by and, states by or', () => {
  assert.deepEqual(filtered(''), ['api', 'db', 'cache', 'mail']);
  assert.deepEqual(filtered('state=down,degraded,nonsense'), ['db', 'cache']);
  assert.deepEqual(filtered('label=team=data&label=env=prod'), ['db']);
  assert.deepEqual(filtered('label=env'), ['api', 'db']);
  assert.deepEqual(filtered('q=DATA cache'), ['cache']);
  assert.deepEqual(filtered('ns=office'), ['mail']);
});

test('worst first by default; what is unknown comes last both ways', () => {
  assert.deepEqual(names(sortChecks(checks, 'state', false)), ['db', 'cache', 'mail', 'api']);
  assert.deepEqual(names(sortChecks(checks, 'last', false)), ['cache', 'mail', 'api', 'db']);
  assert.deepEqual(names(sortChecks(checks, 'last', true)), ['api', 'mail', 'cache', 'db']);
});

test('groups are named, those without the label come last', () => {
  const groups = groupChecks(checks, 'label:team').map((group) => [
    group.name,
    names(group.checks),
  ]);
  assert.deepEqual(groups, [
    ['data', ['db', 'cache']],
    ['web', ['api']],
    ['', ['mail']],
  ]);
  assert.deepEqual(
    groupChecks(checks, 'state').map((group) => group.name),
    ['down', 'degraded', 'unknown', 'up'],
  );
  assert.deepEqual(groupChecks([], 'none'), []);
});

test('groupings and labels on offer', () => {
  assert.deepEqual(groupingsOf(checks), ['namespace', 'label:team', 'none', 'state']);
  assert.deepEqual(labelCounts(checks).slice(0, 2), [
    { label: 'env=prod', count: 2 },
    { label: 'team=data', count: 2 },
  ]);
});
