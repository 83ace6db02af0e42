// The resource form, straight: one schema, one compiler. What files add stands in testdata.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alertRuleSchema,
  channelSchema,
  compileChannel,
  compileRule,
  impliedRule,
} from './alert.ts';
import { type Check, checkSchema, compileCheck } from './check.ts';

const envelope = { apiVersion: 'holdfast.dev/v1', metadata: { name: 'a' } } as const;
const check = (spec: Check['spec']): Check => ({ ...envelope, kind: 'Check', spec });

test('a check of nothing but a target has every default', () => {
  assert.deepEqual(compileCheck(check({ target: 'https://me:pw@a.example' })), {
    namespace: 'default',
    name: 'a',
    target: 'https://a.example',
    intervalMs: 30_000,
    timeoutMs: 10_000,
    labels: {},
    paused: false,
    spec: {
      kind: 'http',
      url: 'https://me:pw@a.example/',
      method: 'GET',
      headers: {},
      maxRedirects: 5,
      ip: 'any',
      tls: { verify: true },
      bodyBytesMax: 10_485_760,
      expect: { status: [{ from: 200, to: 299 }], headers: {}, that: [] },
    },
  });
});

test('defaults that depend on other fields', () => {
  assert.equal(compileCheck(check({ target: 'http://a', interval: '4s' })).timeoutMs, 4_000);
  const { spec } = compileCheck(check({ target: 'http://a', maxRedirects: 0 }));
  assert.ok(spec.kind === 'http');
  assert.deepEqual(spec.expect.status, [{ from: 200, to: 399 }]);
});

test('what validation never passed is a programmer’s error', () => {
  assert.throws(() => compileCheck(check({ target: 'nothing' })), TypeError);
});

test('schemas refuse unknown fields in every part of the envelope', () => {
  const good = check({ target: 'http://a' });
  assert.ok(checkSchema.safeParse(good).success);
  const bad = [
    { ...good, status: {} },
    { ...good, kind: 'Probe' },
    { ...good, apiVersion: 'v1' },
    { ...good, metadata: { name: 'a', uid: '1' } },
    { ...good, spec: { ...good.spec, retries: 3 } },
    { ...good, spec: {} },
  ];
  for (const one of bad) assert.ok(!checkSchema.safeParse(one).success, JSON.stringify(one));
});

test('rules and channels compile with their defaults', () => {
  const rule = alertRuleSchema.parse({
    ...envelope,
    kind: 'AlertRule',
    spec: { channels: ['x', 'x'] },
  });
  const everything = { names: [], labels: {}, namespaces: [] };
  assert.deepEqual(compileRule(rule), {
    name: 'a',
    failures: 3,
    recoveries: 1,
    match: everything,
    channels: ['x'],
  });
  assert.deepEqual(impliedRule(['x']).match, everything);
  const channel = channelSchema.parse({
    ...envelope,
    kind: 'Channel',
    spec: { type: 'webhook', url: 'http://a' },
  });
  assert.deepEqual(compileChannel(channel), {
    name: 'a',
    type: 'webhook',
    url: 'http://a',
    headers: {},
  });
});
