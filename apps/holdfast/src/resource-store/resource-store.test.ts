// Applying over the embedded engine, as it runs: what is written, what is refused, and that writers
// who each are right never make something that is wrong together.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Coordination, Operation } from '@holdfast/engines/coordination';
import { openEmbeddedCoordination } from '@holdfast/engines/embedded';
import { KEYS } from '@holdfast/engines/keys';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { loadResources } from '@holdfast/resources/load';
import { ResourceStore } from './resource-store.ts';

const surroundings = { clock: systemClock, chance: systemChance };
const BY = { by: 'tester' };

function check(name: string, spec: object = {}, metadata: object = {}) {
  return {
    apiVersion: 'holdfast.dev/v1',
    kind: 'Check',
    metadata: { name, ...metadata },
    spec: { target: 'tcp://a:1', ...spec },
  };
}

const one = (kind: string, name: string, spec: object) => ({
  apiVersion: 'holdfast.dev/v1',
  kind,
  metadata: { name },
  spec,
});

describe('resource store', () => {
  let coordination: Coordination;
  let store: ResourceStore;

  before(async () => {
    coordination = await openEmbeddedCoordination({ ...surroundings, logger: silentLogger });
  });
  after(() => coordination.close());
  beforeEach(async () => {
    const { entries } = await coordination.list(KEYS.root);
    for (const { key } of entries) await write({ type: 'delete', key });
    store = new ResourceStore({ coordination, ...surroundings });
  });

  const write = (operation: Operation) => {
    const transaction = { if: [], then: [operation] };
    return coordination.txn(transaction);
  };
  const names = async () =>
    (await store.get({})).resources.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

  test('says what was created, changed and unchanged, and where', async () => {
    const first = await store.apply([check('a', { interval: '30s' }), check('b')], BY);
    assert.deepEqual(first.resources, [
      { kind: 'Check', namespace: 'default', name: 'a', change: 'created', fields: [] },
      { kind: 'Check', namespace: 'default', name: 'b', change: 'created', fields: [] },
    ]);
    assert.equal(first.transactions, 1);
    const more = { interval: '1m', labels: undefined, expect: { banner: 'x' }, banner: true };
    const second = await store.apply([check('a', more, { labels: { team: 'x' } }), check('b')], {
      by: 'other',
    });
    assert.deepEqual(
      second.resources.map(({ change, fields }) => [change, ...fields]),
      [
        ['changed', 'metadata.labels', 'spec.interval', 'spec.expect', 'spec.banner'],
        ['unchanged'],
      ],
    );
    const third = await store.apply([check('b')], BY);
    assert.equal(third.transactions, 0);
    const { resources } = await store.get({ kind: 'Check', name: 'a' });
    const { updatedAtMs, ...metadata } = resources[0]?.metadata ?? { name: '' };
    assert.equal(typeof updatedAtMs, 'number');
    assert.deepEqual(metadata, {
      name: 'a',
      namespace: 'default',
      labels: { team: 'x' },
      generation: 2,
      updatedBy: 'other',
    });
  });

  test('a dry run says the same and writes nothing', async () => {
    const before = await coordination.list(KEYS.root);
    const told = await store.apply([check('a')], { ...BY, dryRun: true });
    assert.deepEqual([told.resources[0]?.change, told.dryRun], ['created', true]);
    assert.equal((await coordination.list(KEYS.root)).revision, before.revision);
  });

  test('what `get` tells can be applied again, unless it hides something', async () => {
    await store.apply([check('a'), one('Channel', 'chat', CHAT)], BY);
    const [channel, shown] = (await store.get({})).resources;
    assert.doesNotMatch(JSON.stringify(channel), /hunter2/);
    const again = await store.apply([shown], BY);
    assert.equal(again.resources[0]?.change, 'unchanged');
    await assert.rejects(store.apply([channel], BY), {
      code: 'CONFIG_INVALID',
      message: /^Channel chat holds <secret>/,
    });
  });

  test('the whole that would result is proven, with every fault', async () => {
    await store.apply(
      [one('Channel', 'chat', CHAT), one('AlertRule', 'down', { channels: ['chat'] })],
      BY,
    );
    const bad = [
      check('a', { intervall: '1m' }),
      check('b', { timeout: '2m' }),
      one('AlertRule', 'x', { channels: ['chta'] }),
    ];
    await assert.rejects(store.apply(bad, BY), (error: Error) => {
      assert.match(error.message, /Check default\/a: spec\.intervall: is not a field here/);
      assert.match(error.message, /Check default\/b: spec\.timeout: must be a duration/);
      assert.match(error.message, /AlertRule x: spec\.channels\[0\]: names no channel/);
      return true;
    });
    const chat = [{ kind: 'Channel', namespace: 'default', name: 'chat' }];
    await assert.rejects(store.delete(chat, BY), {
      code: 'CONFIG_INVALID',
      message: /^AlertRule down: spec\.channels\[0\]: names no channel/,
    });
    assert.deepEqual(await names(), ['AlertRule down', 'Channel chat']);
    for (const [given, code] of [
      [[{ kind: 'Chek', metadata: { name: 'a' } }], 'CONFIG_INVALID'],
      [[{}], 'CONFIG_INVALID'],
      [[null], 'CONFIG_INVALID'],
      [[check('a'), check('a')], 'CONFIG_INVALID'],
      [[check('a/b')], 'CONFIG_INVALID'],
      [[check('a', { body: 'x'.repeat(1024 * 1024) })], 'CONFIG_INVALID'],
      [Array.from({ length: 20_001 }, () => ({})), 'USAGE'],
    ] as const)
      await assert.rejects(store.apply(given, BY), { code });
  });

  test('a fault that was there before keeps nobody from applying something else', async () => {
    const key = KEYS.resource('Check', 'default', 'broken');
    const broken = JSON.stringify(check('broken', { interval: '1ms' }, { namespace: 'default' }));
    const garbage = KEYS.resource('Check', 'default', 'garbage');
    await write({ type: 'put', key, value: Buffer.from(broken) });
    await write({ type: 'put', key: garbage, value: Buffer.from([0xff, 0x00]) });
    const { warnings, resources } = await store.apply([check('a')], BY);
    assert.equal(resources[0]?.change, 'created');
    assert.match(warnings[0] ?? '', /^not mended: Check default\/broken: spec\.interval/);
    await store.apply([check('broken'), check('garbage')], BY);
    assert.deepEqual((await store.apply([check('a')], BY)).warnings, []);
  });

  test('prune deletes what the owner applied before, and nothing else', async () => {
    await store.apply([check('a'), check('b')], { ...BY, owner: 'shop' });
    await store.apply([check('c')], BY);
    await store.apply([check('d')], { ...BY, owner: 'bank' });
    const told = await store.apply([check('b')], { ...BY, owner: 'shop', prune: true });
    assert.deepEqual(
      told.resources.map(({ name, change }) => [name, change]),
      [
        ['a', 'deleted'],
        ['b', 'unchanged'],
      ],
    );
    assert.deepEqual(await names(), ['Check b', 'Check c', 'Check d']);
    await assert.rejects(store.apply([], { ...BY, prune: true }), { code: 'USAGE' });
    await assert.rejects(store.apply([check('d')], { ...BY, owner: 'shop' }), {
      code: 'CONFLICT',
      message: 'Check default/d is applied by bank, and would be taken over by shop',
    });
    const adopted = await store.apply([check('c')], { ...BY, owner: 'shop' });
    assert.deepEqual(adopted.resources[0]?.fields, ['metadata.owner']);
  });

  test('a namespace sees and touches its checks alone', async () => {
    const mine = { by: 'ci', within: 'team-a' };
    await store.apply([check('theirs'), one('Channel', 'chat', CHAT)], BY);
    await store.apply([check('a', {}, { namespace: 'team-a' })], mine);
    for (const resource of [
      check('theirs'),
      check('b', {}, { namespace: 'team-b' }),
      one('Channel', 'chat', CHAT),
      one('Namespace', 'team-a', {}),
      one('Settings', 'default', {}),
    ])
      await assert.rejects(store.apply([resource], mine), { code: 'FORBIDDEN' });
    const theirs = [{ kind: 'Check', namespace: 'default', name: 'theirs' }];
    await assert.rejects(store.delete(theirs, mine), { code: 'FORBIDDEN' });
    const { resources } = await store.get({ within: 'team-a' });
    assert.deepEqual(
      resources.map(({ metadata }) => metadata.name),
      ['a'],
    );
    assert.equal((await store.get({ within: 'team-a', kind: 'Channel' })).resources.length, 0);
    const pruned = await store.apply([], { ...mine, owner: 'x', prune: true });
    assert.deepEqual(pruned.resources, []);
  });

  test('a larger apply is split, what is named before what names it', async () => {
    const checks = Array.from({ length: 300 }, (_, index) => check(`c${index}`));
    const all = [
      one('AlertRule', 'down', { channels: ['chat'] }),
      ...checks,
      one('Channel', 'chat', CHAT),
    ];
    const from = (await coordination.list(KEYS.root)).revision + 1n;
    const told = await store.apply(all, BY);
    assert.equal(told.transactions, 3);
    const stop = new AbortController();
    const kinds: string[][] = [];
    for await (const { changes } of coordination.watch(KEYS.resources, from, stop.signal)) {
      if (changes.length === 0) continue;
      kinds.push(changes.map((one) => (one.type === 'put' ? one.entry.key : one.key)));
      if (kinds.length === 3) stop.abort();
    }
    assert.ok(kinds[0]?.some((key) => key.includes('/Channel/')));
    assert.ok(kinds[2]?.some((key) => key.includes('/AlertRule/')));
    assert.ok(kinds.every((batch) => batch.length <= 127));
    const body = { target: 'http://a', method: 'POST', body: 'x'.repeat(400_000) };
    const large = Array.from({ length: 3 }, (_, index) => check(`large${index}`, body));
    assert.equal((await store.apply(large, BY)).transactions, 2);
  });

  test('writers who are each right alone never make something wrong together', async () => {
    await store.apply([one('Namespace', 'team-a', { limits: { checks: 5 } })], BY);
    const others = Array.from(
      { length: 4 },
      () => new ResourceStore({ coordination, ...surroundings }),
    );
    const attempts = Array.from({ length: 12 }, (_, index) =>
      (others[index % 4] ?? store).apply([check(`c${index}`, {}, { namespace: 'team-a' })], BY),
    );
    const settled = await Promise.allSettled(attempts);
    const written = settled.filter(({ status }) => status === 'fulfilled').length;
    const { resources } = await store.get({});
    assert.equal(resources.length, 1 + written);
    assert.ok(written <= 5, `${written} checks in a namespace of five`);
    assert.ok(loadResources({ stored: resources }).ok);
  });
});

const CHAT = { type: 'webhook', url: 'https://hooks.example/hunter2' };
