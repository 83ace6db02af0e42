import assert from 'node:assert/strict';
import { test } from 'node:test';
import { yamlText } from './yaml-text.ts';

test('a check reads as people write it', () => {
  const text = yamlText({
    apiVersion: 'holdfast.dev/v1',
    kind: 'Check',
    metadata: { name: 'checkout', labels: { team: 'payments', on: 'yes' } },
    spec: {
      url: 'https://shop.example/api?x=1',
      interval: '30s',
      retries: 2,
      verify: true,
      headers: {},
      status: [
        { from: 200, to: 299 },
        { from: 304, to: 304 },
      ],
      that: ['json.ok == true', 'a: b'],
      body: 'one\n\ntwo\n',
      missing: undefined,
    },
  });
  assert.equal(
    text,
    [
      'apiVersion: holdfast.dev/v1',
      'kind: Check',
      'metadata:',
      '  name: checkout',
      '  labels:',
      '    team: payments',
      '    "on": "yes"',
      'spec:',
      '  url: "https://shop.example/api?x=1"',
      '  interval: 30s',
      '  retries: 2',
      '  verify: true',
      '  headers: {}',
      '  status:',
      '    - from: 200',
      '      to: 299',
      '    - from: 304',
      '      to: 304',
      '  that:',
      '    - json.ok == true',
      '    - "a: b"',
      '  body: |',
      '    one',
      '',
      '    two',
      '',
    ].join('\n'),
  );
});

test('texts that YAML would read otherwise are quoted', () => {
  for (const text of [
    'null',
    'No',
    '12',
    '1e3',
    '',
    ' a',
    'a ',
    '- a',
    'a # b',
    '*x',
    '&x',
    '!x',
    '{a',
    '%a',
    '@a',
    '`a',
    'a:',
    '~',
  ]) {
    assert.equal(yamlText({ a: text }), `a: ${JSON.stringify(text)}\n`, text);
  }
});

test('a cyclic value ends', () => {
  const value: Record<string, unknown> = {};
  value.self = value;
  assert.ok(yamlText(value).length < 5000);
});
