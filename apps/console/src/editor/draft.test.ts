import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  copyOfResource,
  fieldOfProblem,
  firstText,
  readDraft,
  textWith,
  valueAt,
  withValue,
} from './draft.ts';

test('a change of the form goes into the text, all else stays', () => {
  const text = 'defaults:\n  timeout: 3s\nchecks:\n  - name: a\n    sla: 99\n  - name: b\n';
  const draft = readDraft(text);
  assert.ok(draft !== undefined);
  const changed = readDraft(textWith(draft, withValue(draft.check, 'expect.status', [200, 204])));
  assert.deepEqual(changed?.root, {
    defaults: { timeout: '3s' },
    checks: [{ name: 'a', sla: 99, expect: { status: [200, 204] } }, { name: 'b' }],
  });
});

test('a value that is taken away takes empty groups with it', () => {
  const tree = withValue({ name: 'a' }, 'expect.body.contains', 'ok');
  assert.equal(valueAt(tree, 'expect.body.contains'), 'ok');
  assert.deepEqual(withValue(tree, 'expect.body.contains', undefined), { name: 'a' });
  assert.deepEqual(Object.keys(withValue({ name: 'a', target: 'b' }, 'name', 'c')), [
    'name',
    'target',
  ]);
});

test('the first text is read by the form; what it cannot follow is left alone', () => {
  assert.equal(readDraft(firstText())?.check.name, 'my-service');
  for (const text of ['checks: 1', 'checks:\n  - 1', 'a: &b 1', '- a'])
    assert.equal(readDraft(text), undefined, text);
});

test('a copy is written as a file writes it, under its own name', () => {
  const resource = {
    apiVersion: 'holdfast.dev/v1',
    metadata: { name: 'cart', namespace: 'shop', labels: { team: 'web' } },
    spec: { type: 'http', target: 'https://cart.example.com/' },
  };
  assert.deepEqual(copyOfResource(resource), {
    name: 'cart-copy',
    namespace: 'shop',
    type: 'http',
    target: 'https://cart.example.com/',
    labels: { team: 'web' },
  });
  const older = { metadata: { name: 'a' }, spec: { url: 'https://a.example.com/' } };
  assert.deepEqual(copyOfResource(older), { name: 'a-copy', target: 'https://a.example.com/' });
  assert.deepEqual(copyOfResource(undefined), { name: 'check-copy' });
});

test('a problem finds its field', () => {
  assert.equal(fieldOfProblem('checks[0].expect.status'), 'expect.status');
  assert.equal(fieldOfProblem('checks[1].name'), undefined);
  assert.equal(fieldOfProblem(''), undefined);
});
