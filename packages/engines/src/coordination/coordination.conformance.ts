// What every engine of coordination must do, whatever it stands on. An engine's test calls this with a
// way to open a store; all keys begin with the prefix that it gives, so that many may share one store.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertEntries } from './coordination.model.ts';
import {
  type Coordination,
  KEY_BYTES_MAX,
  type Operation,
  TRANSACTION_BYTES_MAX,
  TRANSACTION_OPERATIONS_MAX,
  type Transaction,
  VALUE_BYTES_MAX,
} from './coordination.ts';
import { describeLeases } from './lease.conformance.ts';
import {
  always,
  type Body,
  bytes,
  isCode,
  type Open,
  type OpenedCoordination,
  put,
  withStore,
} from './opened.conformance.ts';
import { agreesWithModel } from './transactions.conformance.ts';
import { describeWatches } from './watch.conformance.ts';

export function coordinationConformance(name: string, open: Open): void {
  const test = (what: string, body: Body) => it(what, () => withStore(open, body));
  describe(`coordination: ${name}`, () => {
    test('gives back what was put, with its revisions', keepsEntries);
    test('makes a key anew after it was deleted', makesAnew);
    test('lists by prefix, in the order of bytes', listsInOrder);
    test('lists as it was', listsAsItWas);
    test('compares revisions and values', compares);
    test('carries out one branch, whole and in order', carriesOutInOrder);
    test('makes a revision per transaction that changes something', countsRevisions);
    test('keeps its own bytes', keepsItsOwnBytes);
    test('takes what is just within bounds', takesTheLargest);
    test('refuses what is out of bounds', refusesOutOfBounds);
    test('refuses a transaction that writes a key twice', refusesDuplicates);
    test('lets one of many win, a hundred times', countsToHundred);
    test('answers aborted calls with their reason', answersAborted);
    test('refuses what was compacted', refusesCompacted);
    test('tells of itself', tellsFacts);
    test('agrees with the model over any transactions', agreesWithModel);
    // They wait most of their time.
    describe('in time', { concurrency: true }, () => {
      describeWatches(open);
      describeLeases(open);
    });
  });
}

async function keepsEntries({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const key = `${prefix}a`;
  assert.equal(await coordination.get(key), undefined);
  const first = await coordination.txn(always(put(key, 'one')));
  assert.equal(first.done, true);
  const [createRevision, modRevision] = [first.revision, first.revision];
  const made = { key, value: bytes('one'), createRevision, modRevision };
  assertEntries(present(await coordination.get(key)), [made]);
  const second = await coordination.txn(always(put(key, '')));
  const written = { ...made, value: bytes(''), modRevision: second.revision };
  assertEntries(present(await coordination.get(key)), [written]);
}

async function makesAnew({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const key = `${prefix}a`;
  await coordination.txn(always(put(key)));
  await coordination.txn(always({ type: 'delete', key }));
  assert.equal(await coordination.get(key), undefined);
  const { revision } = await coordination.txn(always(put(key)));
  assert.equal((await coordination.get(key))?.createRevision, revision);
}

async function listsInOrder({ coordination, prefix }: OpenedCoordination): Promise<void> {
  // By UTF-16 units the last two would stand the other way round.
  const names = ['a', 'a!', 'a/', 'a/b', 'a0', 'aa', 'aé', 'b', '\u{ff5e}', '\u{1f600}'];
  for (const name of names.toReversed()) await coordination.txn(always(put(prefix + name, name)));
  const list = async (part: string) => {
    const { entries } = await coordination.list(prefix + part);
    return entries.map(({ key }) => key.slice(prefix.length));
  };
  assert.deepEqual(await list(''), names);
  assert.deepEqual(await list('a'), names.slice(0, 7), 'a prefix that is a key');
  assert.deepEqual(await list('a/'), ['a/', 'a/b']);
  assert.deepEqual(await list('\u{1f600}'), ['\u{1f600}']);
  assert.deepEqual(await list('c'), []);
}

async function listsAsItWas({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const [a, b] = [`${prefix}a`, `${prefix}b`];
  const first = await coordination.txn(always(put(a, 'one'), put(b)));
  const second = await coordination.txn(always(put(a, 'two'), { type: 'delete', key: b }));
  const third = await coordination.txn(always(put(b, 'three')));
  const list = async (at: bigint) => {
    const { entries, revision } = await coordination.list(prefix, { at });
    assert.equal(revision, at);
    return entries.map(({ key, value }) => [key, new TextDecoder().decode(value)]);
  };
  const [one, two] = [
    [a, 'one'],
    [a, 'two'],
  ];
  assert.deepEqual(await list(first.revision), [one, [b, 'x']]);
  assert.deepEqual(await list(second.revision), [two]);
  assert.deepEqual(await list(third.revision), [two, [b, 'three']]);
  const now = await coordination.list(prefix);
  assert.ok(now.revision >= third.revision && now.cluster.length > 0);
  const future = coordination.list(prefix, { at: now.revision + 1_000_000n });
  await assert.rejects(future, isCode('USAGE'));
}

async function compares({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const [key, absent] = [`${prefix}a`, `${prefix}absent`];
  const { revision: created } = await coordination.txn(always(put(key, 'one')));
  const { revision: written } = await coordination.txn(always(put(key, 'two')));
  const holds = async (...conditions: Transaction['if']) =>
    (await coordination.txn({ ...always(), if: conditions })).done;
  assert.equal(await holds({ key, createRevision: created }), true);
  assert.equal(await holds({ key, createRevision: written }), false);
  assert.equal(await holds({ key, createRevision: 0n }), false);
  assert.equal(await holds({ key, modRevision: written }), true);
  assert.equal(await holds({ key, modRevision: created }), false);
  assert.equal(await holds({ key, value: bytes('two') }), true);
  assert.equal(await holds({ key, value: bytes('tw') }), false);
  assert.equal(await holds({ key: absent, createRevision: 0n }), true);
  assert.equal(await holds({ key: absent, modRevision: 0n }), true);
  assert.equal(await holds({ key: absent, value: bytes('') }), false, 'absent is not empty');
  const both = [
    { key, modRevision: written },
    { key: absent, createRevision: 1n },
  ];
  assert.equal(await holds(...both), false, 'all must hold');
}

async function carriesOutInOrder({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const [a, b, c] = [`${prefix}a`, `${prefix}b`, `${prefix}c`];
  const get = (key: string): Operation => ({ type: 'get', key });
  const swap: Transaction = {
    ...always(put(a, 'then'), get(c), get(b), get(a)),
    if: [{ key: b, createRevision: 0n }],
    else: [get(a), { type: 'delete', key: a }, get(a), put(c, 'else'), get(c)],
  };
  const first = await coordination.txn(swap);
  assert.equal(first.done, true);
  const made = { createRevision: first.revision, modRevision: first.revision };
  assertEntries(first.entries, [{ key: a, value: bytes('then'), ...made }]);
  await coordination.txn(always(put(b)));
  const second = await coordination.txn(swap);
  assert.equal(second.done, false);
  const told = second.entries.map(({ key, modRevision }) => [key, modRevision]);
  assert.deepEqual(told, [
    [a, first.revision],
    [c, second.revision],
  ]);
  const { entries } = await coordination.list(prefix);
  assert.deepEqual(
    entries.map(({ key }) => key),
    [b, c],
  );
}

async function countsRevisions({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const key = `${prefix}a`;
  const first = await coordination.txn(always(put(key), put(`${key}a`)));
  const again = await coordination.txn(always(put(key)));
  assert.equal(again.revision > first.revision, true, 'the same value written again');
  for (const nothing of [
    always(),
    always({ type: 'get', key }),
    always({ type: 'delete', key: `${prefix}absent` }),
    { ...always(put(key)), if: [{ key, createRevision: 0n }] },
  ]) {
    await coordination.txn(nothing);
    assert.equal((await coordination.get(key))?.modRevision, again.revision);
  }
  const both = await coordination.list(prefix);
  const revisions = both.entries.map(({ createRevision }) => createRevision);
  assert.deepEqual(revisions, [first.revision, first.revision], 'one revision per transaction');
}

async function keepsItsOwnBytes({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const key = `${prefix}a`;
  const value = Buffer.from('before');
  const answer = coordination.txn(always({ type: 'put', key, value }));
  value.fill('!');
  await answer;
  const entry = await coordination.get(key);
  assert.equal(new TextDecoder().decode(entry?.value), 'before');
}

async function takesTheLargest({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const key = prefix + 'k'.repeat(KEY_BYTES_MAX - Buffer.byteLength(prefix));
  const value = new Uint8Array(VALUE_BYTES_MAX).fill(7);
  await coordination.txn(always({ type: 'put', key, value }));
  assert.equal(Buffer.compare((await coordination.get(key))?.value ?? bytes(''), value), 0);
  const names = Array.from(
    { length: TRANSACTION_OPERATIONS_MAX },
    (_, index) => `${prefix}${index}`,
  );
  const absent = names.map((name) => ({ key: name, createRevision: 0n }));
  const many = await coordination.txn({ ...always(...names.map((name) => put(name))), if: absent });
  assert.equal(many.done, true);
  assert.equal((await coordination.list(prefix)).entries.length, names.length + 1);
}

async function refusesOutOfBounds({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const key = `${prefix}a`;
  const large = { type: 'put', key, value: new Uint8Array(VALUE_BYTES_MAX + 1) } as const;
  const half = new Uint8Array(TRANSACTION_BYTES_MAX / 2);
  const halves = ['b', 'c'].map((name) => ({ ...large, key: prefix + name, value: half }));
  const long = 'k'.repeat(KEY_BYTES_MAX + 1);
  const many = Array.from({ length: TRANSACTION_OPERATIONS_MAX + 1 }, (_, index) => index);
  const bad = [
    always(large),
    always(...halves),
    always(put('')),
    always(put(`${prefix}\ud800`)),
    always(put(long)),
    always(put('é'.repeat(KEY_BYTES_MAX / 2 + 1))),
    always(put(key, 'x', 0n)),
    always(...many.map((index) => put(`${prefix}${index}`))),
    { ...always(), else: [put('')] },
    { ...always(), if: [{ key: '', createRevision: 0n }] },
    { ...always(), if: many.map(() => ({ key, createRevision: 0n })) },
  ];
  for (const each of bad) await assert.rejects(coordination.txn(each), isCode('USAGE'));
  for (const name of ['', long, `${prefix}\udc00`])
    await assert.rejects(coordination.get(name), isCode('USAGE'));
  await assert.rejects(coordination.list(long), isCode('USAGE'));
  await assert.rejects(coordination.list(prefix, { at: 0n }), isCode('USAGE'));
  for (const ttlMs of [0, 999, 3_600_001, Number.NaN, -1])
    await assert.rejects(coordination.lease(ttlMs), isCode('USAGE'));
  assert.deepEqual((await coordination.list(prefix)).entries, []);
}

async function refusesDuplicates({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const key = `${prefix}a`;
  const remove: Operation = { type: 'delete', key };
  const bad = [always(put(key), put(key)), always(put(key), remove), always(remove, remove)];
  for (const each of bad) await assert.rejects(coordination.txn(each), isCode('USAGE'));
  const hidden = { ...always(), else: [put(key), put(key)] };
  await assert.rejects(coordination.txn(hidden), isCode('USAGE'), 'in the branch not taken too');
  assert.equal(await coordination.get(key), undefined);
}

/** Ten writers, each adding one a hundred times by comparing what it read. */
async function countsToHundred(opened: OpenedCoordination): Promise<void> {
  const { coordination, prefix } = opened;
  const key = `${prefix}count`;
  const [WRITERS, TIMES] = [10, 10];
  await coordination.txn(always(put(key, '0')));
  const other = await opened.second();
  const add = async (client: Coordination): Promise<void> => {
    for (let tries = 0; tries < WRITERS * TIMES * 10; tries += 1) {
      const entry = await client.get(key);
      assert.ok(entry);
      const next = Number(new TextDecoder().decode(entry.value)) + 1;
      const isSame = [{ key, modRevision: entry.modRevision }];
      if ((await client.txn({ ...always(put(key, `${next}`)), if: isSame })).done) return;
    }
    assert.fail('never won');
  };
  const write = async (_: unknown, writer: number) => {
    for (let time = 0; time < TIMES; time += 1) await add(writer % 2 === 0 ? coordination : other);
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  assert.equal(new TextDecoder().decode((await other.get(key))?.value), `${WRITERS * TIMES}`);
  await other.close();
}

async function answersAborted({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const reason = new Error('enough');
  const signal = AbortSignal.abort(reason);
  const isReason = (error: unknown) => error === reason;
  await assert.rejects(coordination.get(`${prefix}a`, signal), isReason);
  await assert.rejects(coordination.list(prefix, { signal }), isReason);
  await assert.rejects(coordination.txn(always(put(`${prefix}a`)), signal), isReason);
  assert.equal(await coordination.get(`${prefix}a`), undefined);
}

async function refusesCompacted(opened: OpenedCoordination): Promise<void> {
  const { coordination, prefix } = opened;
  const [a, b] = [`${prefix}a`, `${prefix}b`];
  const first = await coordination.txn(always(put(a), put(b)));
  const second = await coordination.txn(always({ type: 'delete', key: b }));
  const third = await coordination.txn(always(put(a, 'last')));
  await opened.compact(third.revision);
  for (const { revision: at } of [first, second])
    await assert.rejects(coordination.list(prefix, { at }), isCode('COMPACTED'));
  const { entries } = await coordination.list(prefix, { at: third.revision });
  assert.deepEqual(
    entries.map(({ key }) => key),
    [a],
  );
  assert.equal((await coordination.get(a))?.createRevision, first.revision);
  const ended = new AbortController();
  const watch = coordination.watch(prefix, first.revision, ended.signal);
  await assert.rejects(async () => {
    for await (const item of watch) assert.deepEqual(item.changes, [], 'nothing of what is gone');
  }, isCode('COMPACTED'));
  ended.abort();
}

async function tellsFacts({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const { revision } = await coordination.txn(always(put(`${prefix}a`)));
  const facts = await coordination.facts();
  assert.ok(facts.revision >= revision);
  assert.equal(facts.cluster, (await coordination.list(prefix)).cluster);
  assert.ok(facts.endpoints.length > 0);
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
