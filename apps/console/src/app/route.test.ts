import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkPath, EDITOR_PATH, matchRoute, withSearch } from './route.ts';

test('every page has its address', () => {
  assert.deepEqual(matchRoute('/'), { page: 'overview' });
  assert.deepEqual(matchRoute('/checks/'), { page: 'checks' });
  assert.deepEqual(matchRoute('/alerts'), { page: 'alerts' });
  assert.deepEqual(matchRoute('/fleet'), { page: 'fleet' });
  for (const path of ['/nowhere', '/checks/only-one', '/checks/a/b/c', '/alerts/x']) {
    assert.deepEqual(matchRoute(path), { page: 'missing' }, path);
  }
});

test('any name survives its address', () => {
  const name = fc.string({ minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(name, name, (namespace, check) => {
      assert.deepEqual(matchRoute(checkPath(namespace, check)), {
        page: 'check',
        namespace,
        name: check,
      });
    }),
  );
});

test('broken percent encoding does not throw', () => {
  assert.deepEqual(matchRoute('/checks/a/%E0%A4%A'), {
    page: 'check',
    namespace: 'a',
    name: '%E0%A4%A',
  });
});

test('search parameters are changed one by one', () => {
  assert.equal(withSearch('?a=1&b=2', { b: undefined, c: 'x y' }), '?a=1&c=x+y');
  assert.equal(withSearch('?a=1', { a: '' }), '');
});

test('a new check has an address of its own, a namespace called so keeps its checks', () => {
  assert.deepEqual(matchRoute(EDITOR_PATH), { page: 'editor' });
  assert.deepEqual(matchRoute(`${EDITOR_PATH}/`), { page: 'editor' });
  assert.deepEqual(matchRoute('/checks/new/a'), { page: 'check', namespace: 'new', name: 'a' });
});
