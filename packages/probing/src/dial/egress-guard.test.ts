import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEgressGuard } from './egress-guard.ts';

function allowed(deny: string[], allow: string[], ...ips: string[]): boolean[] {
  const guard = createEgressGuard({ deny, allow });
  return ips.map((ip) => guard.allows(ip));
}

test('without a policy every address is allowed, and nothing that is none', () => {
  assert.deepEqual(allowed([], [], '10.0.0.1', '::1', 'localhost', ''), [true, true, false, false]);
});

test('deny wins unless the allow entry is narrower', () => {
  const ips = ['10.1.0.1', '10.2.0.1', '11.0.0.1'] as const;
  assert.deepEqual(allowed(['10.0.0.0/8'], ['10.1.0.0/16'], ...ips), [true, false, true]);
  assert.deepEqual(allowed(['10.1.0.0/16'], ['10.0.0.0/8'], ...ips), [false, true, true]);
  assert.deepEqual(allowed(['10.1.0.0/16'], ['10.1.0.0/16'], ...ips), [false, true, true]);
  assert.deepEqual(allowed(['10.0.0.0/8', '10.1.0.0/24'], ['10.1.0.0/16'], ...ips), [
    false,
    false,
    true,
  ]);
});

test('everything denied but a list', () => {
  const deny = ['0.0.0.0/0', '::/0'];
  const ips = ['192.0.2.1', '192.0.2.2', '2001:db8::1'] as const;
  assert.deepEqual(allowed(deny, ['192.0.2.1'], ...ips), [true, false, false]);
});

test('an IPv4 address cannot hide in IPv6, a zone hides nothing', () => {
  const guarded = allowed(
    ['169.254.0.0/16', 'fe80::/10'],
    [],
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    'fe80::1%lo',
  );
  assert.deepEqual(guarded, [false, false, false]);
});

test('a text that is no address is never allowed; answers are remembered rightly', () => {
  const guard = createEgressGuard({ deny: ['10.0.0.0/8'], allow: [] });
  for (const _ of [1, 2])
    assert.deepEqual(
      [guard.allows('x'), guard.allows('10.0.0.1'), guard.allows('1.1.1.1')],
      [false, false, true],
    );
});

test('an entry that is no block stops the policy as a whole', () => {
  assert.throws(() => createEgressGuard({ deny: ['10.0.0.0/40'], allow: [] }), {
    code: 'CONFIG_INVALID',
  });
  assert.throws(() => createEgressGuard({ deny: [], allow: ['example.test'] }), {
    code: 'CONFIG_INVALID',
  });
});
