import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Fields, type Logger, seededChance, silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { Operation, Transaction } from '../coordination/coordination.ts';
import { type EmbeddedCoordination, openEmbeddedCoordination } from '../embedded/open-embedded.ts';
import { type Mirror, type MirrorOptions, type MirrorUpdate, openMirror } from './mirror.ts';
import { FaultyCoordination } from './simulation/faulty-coordination.ts';

const PREFIX = '/checks/';

function writes(...operations: Operation[]): Transaction {
  return { if: [], then: operations };
}

function put(name: string, text = name): Operation {
  return { type: 'put', key: `${PREFIX}${name}`, value: Buffer.from(text) };
}

async function openStore(context: TestContext) {
  const clock = new SimulatedClock();
  const chance = seededChance(1);
  const parts = { clock, chance, logger: silentLogger };
  const open = async () => {
    const engine = await openEmbeddedCoordination(parts);
    context.after(() => engine.close());
    return engine;
  };
  const store = await open();
  const line = new FaultyCoordination(store, clock, chance);
  const mirrored = (options: Partial<MirrorOptions<string>> = {}): Mirror<string> => {
    const mirror = openMirror({
      ...parts,
      coordination: line,
      prefix: PREFIX,
      decode: ({ value }) => Buffer.from(value).toString(),
      ...options,
    });
    context.after(() => mirror.close());
    return mirror;
  };
  const settle = () => clock.advanceAsync(0);
  return { clock, store, line, open, mirrored, settle };
}

const valuesOf = ({ current }: Mirror<string>) => [...(current ?? [])].map(({ value }) => value);

test('it is ready once everything was read, and tells its listeners of what follows', async (context) => {
  const { store, mirrored, settle } = await openStore(context);
  await store.txn(writes(put('a')));
  const told: string[] = [];
  const note = (who: string) => (update: MirrorUpdate<string>) =>
    void told.push(`${who} ${update.snapshot.revision} ${update.changes.length}`);
  const mirror = mirrored({ onChange: note('first') });
  assert.deepEqual([mirror.current, mirror.status().state], [undefined, 'starting']);
  assert.equal(mirror.applied(), undefined);
  await settle();
  await mirror.ready;
  assert.equal(mirror.status().state, 'live');
  const leave = mirror.subscribe(note('second'));
  const { revision } = await store.txn(writes(put('b'), put('c')));
  await settle();
  leave();
  await store.txn(writes(put('d')));
  await settle();
  const at = [revision - 1n, revision, revision + 1n];
  assert.deepEqual(told, [
    `first ${at[0]} 1`,
    `first ${at[1]} 2`,
    `second ${at[1]} 2`,
    `first ${at[2]} 1`,
  ]);
  const { current } = mirror;
  assert.deepEqual(mirror.applied(), { revision: at[2], digest: current?.digest, faults: [] });
  assert.deepEqual(valuesOf(mirror), ['a', 'b', 'c', 'd']);
  assert.deepEqual([...(current?.entries(`${PREFIX}b`) ?? [])].length, 1);
});

test('a listener that throws harms nobody', async (context) => {
  const { store, mirrored, settle } = await openStore(context);
  const lines: Fields[] = [];
  const error = (_: string, fields: Fields = {}) => void lines.push(fields);
  const logger: Logger = { ...silentLogger, error };
  const mirror = mirrored({ logger });
  await settle();
  let calls = 0;
  mirror.subscribe(() => {
    throw new Error('broken listener');
  });
  mirror.subscribe(() => {
    calls += 1;
  });
  await store.txn(writes(put('a')));
  await settle();
  assert.deepEqual([calls, lines.length, valuesOf(mirror)], [1, 1, ['a']]);
});

test('closed before it could read, it says so to whoever waits', async (context) => {
  const { line, mirrored, clock } = await openStore(context);
  line.line = 'refused';
  const mirror = mirrored();
  await clock.advanceAsync(2_000);
  assert.match(mirror.status().problem ?? '', /refused/);
  const refused = assert.rejects(mirror.ready, { code: 'COORDINATION_FAILED' });
  await mirror.close();
  await refused;
  assert.equal(clock.pending, 0);
});

test('tries are spread and bounded while the store is away', async (context) => {
  const { line, mirrored, clock } = await openStore(context);
  line.line = 'refused';
  const mirror = mirrored();
  await clock.advanceAsync(600_000);
  // On average half of five seconds each: some 240.
  const { breaks } = mirror.status();
  assert.ok(breaks > 150 && breaks < 350, `${breaks} tries`);
});

test('a silent stream is noticed, and told as stale', async (context) => {
  const { store, line, mirrored, clock } = await openStore(context);
  const mirror = mirrored();
  await clock.advanceAsync(1_000);
  line.line = 'silent';
  line.silenceStreams();
  await store.txn(writes(put('a')));
  await clock.advanceAsync(13_000);
  const { state, problem, sinceMs, heardAtMs } = mirror.status();
  assert.deepEqual([state, valuesOf(mirror)], ['stale', []]);
  assert.match(problem ?? '', /silent for 12500 ms/);
  assert.ok(heardAtMs !== undefined && heardAtMs < sinceMs);
  line.line = 'well';
  await clock.advanceAsync(12_000);
  assert.deepEqual([mirror.status().state, valuesOf(mirror)], ['live', ['a']]);
});

test('back at a store that went on meanwhile, it is live only once it was told how', async (context) => {
  const { store, line, mirrored, clock } = await openStore(context);
  await store.txn(writes(put('a')));
  const mirror = mirrored();
  await clock.advanceAsync(100);
  line.line = 'refused';
  line.breakStreams();
  await clock.advanceAsync(1_000);
  await store.txn(writes(put('a', 'of late')));
  // The store answers calls, and its streams say nothing.
  line.watch = async function* (_prefix, _from, signal) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  };
  line.line = 'well';
  await clock.advanceAsync(10_000);
  assert.deepEqual([mirror.status().state, valuesOf(mirror)], ['stale', ['a']]);
  assert.equal(mirror.status().listings, 1, 'the store was recognized');
});

test('back at a store that stood still meanwhile, it is live at once', async (context) => {
  const { store, line, mirrored, clock } = await openStore(context);
  await store.txn(writes(put('a')));
  const mirror = mirrored();
  await clock.advanceAsync(100);
  line.breakStreams();
  await clock.advanceAsync(200);
  const { state, breaks, listings } = mirror.status();
  assert.deepEqual([state, breaks, listings], ['live', 1, 1]);
});

test('mirrors of many keys converge after a compaction, and swap nothing', async (context) => {
  const { store, line, mirrored, clock, settle } = await openStore(context);
  const [KEYS, MIRRORS] = [2_000, 20];
  for (let i = 0; i < KEYS; i += 100)
    await store.txn(writes(...Array.from({ length: 100 }, (_, j) => put(`${i + j}`))));
  let updates = 0;
  const onChange = () => {
    updates += 1;
  };
  const mirrors = Array.from({ length: MIRRORS }, () => mirrored({ onChange }));
  await settle();
  const before = mirrors.map(({ current }) => current);
  assert.equal(updates, MIRRORS);
  for (let i = 0; i < 10; i += 1)
    await store.txn(writes({ type: 'put', key: '/elsewhere', value: Buffer.from('') }));
  const { revision } = await store.list('');
  await store.compact(revision);
  line.breakStreams();
  await clock.advanceAsync(5_000);
  for (const [i, mirror] of mirrors.entries()) {
    const { state, listings, revision: known } = mirror.status();
    assert.deepEqual([state, listings, known], ['live', 2, revision]);
    assert.equal(mirror.current, before[i]);
  }
  assert.equal(updates, MIRRORS);
  await store.txn(writes(put('7', 'new')));
  await settle();
  assert.equal(updates, 2 * MIRRORS);
  assert.equal(new Set(mirrors.map(({ current }) => current?.digest)).size, 1);
});

const restored = [
  { what: 'wrote other keys', names: ['a', 'x', 'y', 'z'] },
  { what: 'wrote the last key anew', names: ['a', 'b', 'c', 'd'] },
];
for (const { what, names } of restored)
  test(`a store restored under its old name that ${what} is told, though it has overtaken ours`, async (context) => {
    const { store, line, open, mirrored, clock, settle } = await openStore(context);
    line.cluster = 'the name';
    for (const name of ['a', 'b', 'c']) await store.txn(writes(put(name)));
    const mirror = mirrored();
    await settle();
    line.line = 'refused';
    line.breakStreams();
    const other = await open();
    for (const name of names) await other.txn(writes(put(name, `${name} anew`)));
    line.engine = other;
    line.line = 'well';
    await clock.advanceAsync(10_000);
    assert.deepEqual(
      valuesOf(mirror),
      names.map((name) => `${name} anew`),
    );
  });

test('a stream that turns to another history is not believed', async (context) => {
  const { store, line, open, mirrored, clock, settle } = await openStore(context);
  line.cluster = 'the name';
  for (const name of ['a', 'b', 'c']) await store.txn(writes(put(name)));
  const other: EmbeddedCoordination = await open();
  await other.txn(writes(put('x')));
  // As where a connection is moved to another store behind our back: nothing breaks.
  line.watch = async function* (prefix, _from, signal) {
    for await (const item of other.watch(prefix, 1n, signal))
      yield { ...item, cluster: 'the name' };
  };
  const mirror = mirrored();
  await settle();
  assert.deepEqual(valuesOf(mirror), ['a', 'b', 'c']);
  await clock.advanceAsync(3_000);
  const { state, breaks } = mirror.status();
  assert.deepEqual([valuesOf(mirror), breaks > 0], [['a', 'b', 'c'], true], state);
});
