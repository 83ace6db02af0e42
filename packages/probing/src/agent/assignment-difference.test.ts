import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import fc from 'fast-check';
import { assignmentDifference, checkKey } from './assignment-difference.ts';
import { checkOf } from './testing/check-of.ts';

test('the same list again changes nothing, whatever its order', () => {
  const checks = ['a', 'b', 'c'].map((name) => checkOf({ name }));
  const again = structuredClone(checks).reverse();
  assert.deepEqual(assignmentDifference(byKey(checks), again), { set: [], removed: [] });
});

test('a change deep in the spec is a change', () => {
  const before = checkOf({ name: 'a' });
  const after = checkOf({ name: 'a', spec: { kind: 'tcp', host: '127.0.0.1', port: 2, ip: '4' } });
  assert.deepEqual(assignmentDifference(byKey([before]), [after]).set, [after]);
});

test('applied to what is there, it always gives what is assigned', () => {
  const checks = fc.uniqueArray(
    fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), timeoutMs: fc.nat(2) }),
    { selector: (check) => check.name },
  );
  const holds = (present: { name: string }[], assigned: { name: string }[]) => {
    const now = byKey(present.map(checkOf));
    const { set, removed } = assignmentDifference(now, assigned.map(checkOf));
    for (const key of removed) assert.ok(now.delete(key));
    for (const check of set) now.set(checkKey(check.namespace, check.name), check);
    assert.deepEqual(sorted(now), sorted(byKey(assigned.map(checkOf))));
  };
  fc.assert(fc.property(checks, checks, holds));
});

function byKey(checks: CompiledCheck[]): Map<string, CompiledCheck> {
  return new Map(checks.map((check) => [checkKey(check.namespace, check.name), check]));
}

function sorted(checks: Map<string, CompiledCheck>): CompiledCheck[] {
  return [...checks.values()].sort((a, b) => a.name.localeCompare(b.name));
}
