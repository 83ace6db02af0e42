import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KEYS } from '../coordination/keys.ts';
import {
  agentScope,
  everythingScope,
  mayRead,
  mayWrite,
  namespaceScope,
  reachOf,
  type Scope,
} from './scope.ts';

const shop = namespaceScope('shop', { writes: true });
const reader = namespaceScope('shop', { writes: false });
const agent = agentScope('fra', 'a1');
const check = KEYS.resource('Check', 'shop', 'api');

test('a namespace reads its resources and changes what is no resource', () => {
  const own = [KEYS.configuration('shop', 'color'), KEYS.lock('shop', 'job')];
  for (const key of own) {
    assert.ok(mayRead(shop, key) && mayWrite(shop, key), key);
    assert.ok(mayRead(reader, key) && !mayWrite(reader, key), key);
  }
  assert.ok(mayRead(shop, check) && !mayWrite(shop, check));
});

test('its neighbours, its own limits and the house are closed to it', () => {
  const foreign = [
    KEYS.resource('Check', 'shop2', 'api'),
    KEYS.resource('Check', 'bank', 'shop'),
    KEYS.resource('Namespace', 'shop', 'shop'),
    KEYS.resource('Settings', 'shop', 'default'),
    `${KEYS.resources}/shop/api`,
    `${KEYS.resources}a/b/shop/api`,
    KEYS.configuration('shop2', 'color'),
    KEYS.configurations('shop').slice(0, -1),
    KEYS.agent('fra', 'a1'),
    KEYS.leader('server'),
    KEYS.secret('leases'),
    `x${check}`,
    '',
  ];
  for (const key of foreign) assert.ok(!mayRead(shop, key) && !mayWrite(shop, key), key);
});

test('a prefix is reached only when all of it is', () => {
  assert.equal(reachOf(shop, KEYS.configurations('shop')), 'all');
  assert.equal(reachOf(shop, `${KEYS.resources}Check/shop/`), 'all');
  for (const prefix of [
    KEYS.root,
    KEYS.resources,
    `${KEYS.resources}Check/`,
    `${KEYS.resources}Check/shop`,
    `${KEYS.resources}Settings/shop/`,
    '',
  ])
    assert.equal(reachOf(shop, prefix), 'none', prefix);
});

test('an agent keeps its two keys and reads a third', () => {
  for (const key of [KEYS.agent('fra', 'a1'), KEYS.appliedBy('a1')])
    assert.ok(mayRead(agent, key) && mayWrite(agent, key), key);
  const assignment = KEYS.assignment('a1');
  assert.ok(mayRead(agent, assignment) && !mayWrite(agent, assignment));
  assert.equal(reachOf(agent, assignment), 'key');
  for (const key of [KEYS.agent('fra', 'a10'), KEYS.agent('nyc', 'a1'), KEYS.assignment('a10')])
    assert.ok(!mayRead(agent, key), key);
  for (const prefix of [KEYS.assignments, KEYS.assignment('a'), KEYS.agents])
    assert.equal(reachOf(agent, prefix), 'none', prefix);
});

test('everything is everything but the secrets', () => {
  assert.ok(mayWrite(everythingScope, check) && mayRead(everythingScope, KEYS.leader('server')));
  assert.equal(reachOf(everythingScope, KEYS.resources), 'all');
  for (const prefix of ['', '/', KEYS.root, KEYS.secret(''), KEYS.secret('leases')])
    assert.equal(reachOf(everythingScope, prefix), 'none', prefix);
  const secret = KEYS.secret('leases');
  assert.ok(!mayRead(everythingScope, secret) && !mayWrite(everythingScope, secret));
});

test('what could widen a rule is no name', () => {
  for (const name of ['', '*', 'a/b', '../x', 'a b', '.', '-x', 'é', 'a\n'])
    assert.throws(() => namespaceScope(name, { writes: true }), RangeError, name);
  assert.throws(() => agentScope('fra/x', 'a1'), RangeError);
  assert.throws(() => agentScope('fra', 'a1/'), RangeError);
});

test('who reaches all of a prefix may read whatever begins with it', () => {
  const part = fc.constantFrom('shop', 'shop2', 'Check', 'Settings', 'a1', 'a', 'fra', '/', '//');
  const folder = fc.constantFrom('resources', 'configuration', 'locks', 'agents', 'secrets', 'x');
  const key = fc
    .tuple(folder, fc.array(part, { maxLength: 5 }))
    .map(([first, rest]) => `${KEYS.root}${first}/${rest.join('/')}`);
  const scope = fc.constantFrom<Scope[]>(shop, reader, agent, everythingScope);
  fc.assert(
    fc.property(scope, key, fc.array(part, { maxLength: 3 }), (who, prefix, more) => {
      if (reachOf(who, prefix) === 'all') assert.ok(mayRead(who, prefix + more.join('')));
      if (mayWrite(who, prefix)) assert.ok(mayRead(who, prefix));
    }),
    { numRuns: 2_000 },
  );
});
