// What a watch of every engine must do: each transaction whole, in order, none twice, none of others.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sleep, systemClock } from '@holdfast/kernel';
import { WATCH_SIGN_MS, type WatchItem } from './coordination.ts';
import {
  always,
  type Body,
  isCode,
  type Open,
  type OpenedCoordination,
  put,
  watched,
  withStore,
} from './opened.conformance.ts';

export function describeWatches(open: Open): void {
  const test = (what: string, body: Body) => it(what, () => withStore(open, body));
  describe('watches', { concurrency: true }, () => {
    test('tells transactions from the past on, whole and in order', tellsFromThePast);
    test('tells what comes, to every watch what it asked for', tellsWhatComes);
    test('waits for a revision that is yet to come', waitsForTheFuture);
    test('tells many writes of many writers once each', tellsOnceEach);
    test('gives signs of life', givesSigns);
    test('returns when it is aborted', returnsWhenAborted);
    test('refuses bad questions', refusesBadQuestions);
    test('ends, and refuses all calls, once closed', endsWithItsClient);
  });
}

async function tellsFromThePast({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const [a, b] = [`${prefix}a`, `${prefix}b`];
  const first = await coordination.txn(always(put(a), put(b)));
  const second = await coordination.txn(always({ type: 'delete', key: a }, put(b, 'two')));
  const items = await watched(coordination, prefix, first.revision, 2);
  const { cluster } = await coordination.list(prefix);
  assert.deepEqual(items.map(shown), [
    { cluster, revision: first.revision, changes: [`put ${a}`, `put ${b}`] },
    { cluster, revision: second.revision, changes: [`delete ${a}`, `put ${b}`] },
  ]);
  const [later] = await watched(coordination, prefix, first.revision + 1n, 1);
  assert.equal(later?.revision, second.revision);
  const changed = items[1]?.changes.find(({ type }) => type === 'put');
  assert.ok(changed?.type === 'put');
  assert.equal(changed.entry.createRevision, first.revision);
  assert.equal(changed.entry.modRevision, second.revision);
  assert.equal(new TextDecoder().decode(changed.entry.value), 'two');
}

async function tellsWhatComes({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const { revision } = await coordination.list(prefix);
  const watches = ['', 'a', 'a/', 'b'].map((part) =>
    watched(coordination, prefix + part, revision + 1n, part === '' ? 4 : 2),
  );
  const names = [['a', 'b'], ['a/x'], ['b'], ['a/y', 'c']];
  for (const keys of names) await coordination.txn(always(...keys.map((key) => put(prefix + key))));
  const told = (await Promise.all(watches)).map((items) =>
    items.map((item) => shown(item).changes.map((change) => change.slice(4 + prefix.length))),
  );
  assert.deepEqual(told, [names, [['a'], ['a/x']], [['a/x'], ['a/y']], [['b'], ['b']]]);
}

async function waitsForTheFuture({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const key = `${prefix}a`;
  const { revision } = await coordination.txn(always(put(key)));
  const items = watched(coordination, prefix, revision + 3n, 1);
  for (let write = 0; write < 4; write += 1) await coordination.txn(always(put(key)));
  const [item] = await items;
  assert.ok(item && item.revision >= revision + 3n);
}

async function tellsOnceEach(opened: OpenedCoordination): Promise<void> {
  const { coordination, prefix } = opened;
  const [WRITERS, WRITES] = [8, 25];
  const other = await opened.second();
  const { revision } = await coordination.list(prefix);
  const early = watched(other, prefix, revision + 1n, WRITERS * WRITES);
  const write = async (_: unknown, writer: number) => {
    const keys = [`${prefix}${writer}/a`, `${prefix}${writer}/b`];
    const revisions: bigint[] = [];
    for (let time = 0; time < WRITES; time += 1) {
      const client = time % 2 === 0 ? coordination : other;
      const answer = await client.txn(always(...keys.map((key) => put(key, `${time}`))));
      revisions.push(answer.revision);
    }
    return revisions;
  };
  const written = (await Promise.all(Array.from({ length: WRITERS }, write))).flat();
  const expected = written.sort((a, b) => Number(a - b));
  const late = await watched(coordination, prefix, revision + 1n, WRITERS * WRITES);
  for (const items of [await early, late]) {
    assert.deepEqual(
      items.map((item) => item.revision),
      expected,
    );
    for (const item of items) assert.equal(item.changes.length, 2, 'never half a transaction');
  }
  await other.close();
}

async function givesSigns({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const ended = new AbortController();
  const { revision } = await coordination.list(prefix);
  const limit = systemClock.after(WATCH_SIGN_MS * 2.5, () => ended.abort());
  let signs = 0;
  for await (const item of coordination.watch(prefix, revision + 1n, ended.signal)) {
    assert.deepEqual(item.changes, []);
    signs += 1;
    // The first one may come because the watch is new.
    if (signs === 2) break;
  }
  limit.cancel();
  assert.equal(signs, 2);
}

async function returnsWhenAborted({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const ended = new AbortController();
  const { revision } = await coordination.list(prefix);
  const reading = readToEnd(coordination.watch(prefix, revision + 1n, ended.signal));
  await sleep(systemClock, 50);
  ended.abort();
  await reading;
  await readToEnd(coordination.watch(prefix, 1n, AbortSignal.abort()));
}

async function refusesBadQuestions({ coordination, prefix }: OpenedCoordination): Promise<void> {
  const { signal } = new AbortController();
  await assert.rejects(readToEnd(coordination.watch(prefix, 0n, signal)), isCode('USAGE'));
  const half = readToEnd(coordination.watch('\ud800', 1n, signal));
  await assert.rejects(half, isCode('USAGE'));
}

async function endsWithItsClient(opened: OpenedCoordination): Promise<void> {
  const { coordination, prefix } = opened;
  const other = await opened.second();
  const { revision } = await other.list(prefix);
  const reading = readToEnd(other.watch(prefix, revision + 1n, new AbortController().signal));
  await other.close();
  await other.close();
  await reading;
  const calls = [
    () => other.get(`${prefix}a`),
    () => other.list(prefix),
    () => other.txn(always(put(`${prefix}a`))),
    () => other.lease(2_000),
    () => other.facts(),
    () => readToEnd(other.watch(prefix, revision + 1n, new AbortController().signal)),
  ];
  for (const call of calls) await assert.rejects(call, isCode('COORDINATION_FAILED'));
  assert.equal((await coordination.txn(always(put(`${prefix}a`)))).done, true);
}

async function readToEnd(watch: AsyncIterable<WatchItem>): Promise<void> {
  for await (const _ of watch);
}

function shown({ cluster, revision, changes }: WatchItem) {
  const names = changes.map((change) =>
    change.type === 'put' ? `put ${change.entry.key}` : `delete ${change.key}`,
  );
  return { cluster, revision, changes: names.sort() };
}
