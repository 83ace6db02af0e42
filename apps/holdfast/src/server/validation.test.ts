// A text comes to the same as a file of that text would, and opens nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { API_SCHEMAS } from '@holdfast/resources/api-schema';
import fc from 'fast-check';
import { validateText } from './validation.ts';

test('a sound text gives its checks, in both syntaxes', () => {
  const yaml = 'checks:\n  - { name: shop, target: "tcp://127.0.0.1:80", interval: 5s }\n';
  const toml = '[[checks]]\nname = "shop"\ntarget = "tcp://127.0.0.1:80"\ninterval = "5s"\n';
  const wanted = { namespace: 'default', name: 'shop', kind: 'tcp', intervalMs: 5_000 };
  for (const validation of [validateText(yaml, 'yaml'), validateText(toml, 'toml')]) {
    assert.equal(validation.valid, true);
    const [{ target, ...rest } = { target: '' }] = validation.checks;
    assert.deepEqual(rest, wanted);
    assert.match(target, /127\.0\.0\.1:80/);
  }
});

test('each fault has its place, what is wrong and what to write', () => {
  const { valid, problems, checks } = validateText('checks:\n  - name: shop\n', 'yaml');
  assert.equal(valid, false);
  assert.deepEqual(checks, []);
  assert.equal(problems[0]?.line, 2);
  assert.equal(problems[0]?.severity, 'error');
  const named = validateText('include: [/etc/passwd]\nchecks: []\n', 'yaml');
  assert.doesNotMatch(JSON.stringify(named), /root:/);
  assert.equal(named.valid, false);
});

test('whatever the text, the answer has its documented shape', () => {
  const word = fc.constantFrom('checks', ':', '- ', '\n', '  ', 'name', '{', '}', '"', '${env:A}');
  const text = fc.oneof(
    fc.string(),
    fc.array(word).map((words) => words.join('')),
  );
  fc.assert(
    fc.property(text, fc.constantFrom('yaml' as const, 'toml' as const), (written, format) => {
      API_SCHEMAS.Validation.strict().parse(validateText(written, format));
    }),
    { numRuns: 200 },
  );
});

test('a text that is to be added to the file in force keeps to its limits and knows its pools', () => {
  const text = 'checks: [{name: a, target: "http://a.example", interval: 1s, pool: shop}]';
  const surroundings = { limits: { interval: { min: '1s' } }, pools: [{ name: 'shop' }] };
  assert.equal(validateText(text, 'yaml').valid, false);
  assert.equal(validateText(text, 'yaml', { plugins: [], surroundings }).valid, true);
});
