// Any transactions over few keys, one after another, against the model: answers, lists of now and of
// every revision that was, and one watch over all of it.

import assert from 'node:assert/strict';
import fastCheck from 'fast-check';
import { assertEntries, assertWatched, CoordinationModel } from './coordination.model.ts';
import type { Compare, Coordination, Operation, Transaction } from './coordination.ts';
import { type OpenedCoordination, watched } from './opened.conformance.ts';

const PROPERTY_RUNS = 10;
/** At a time: one store serves them all, and none may see anything of another. */
const PLANS_AT_ONCE = 4;
/** Some are prefixes of others, some sort differently by units than by bytes. */
const NAMES = ['a', 'a/', 'a/b', 'a0', 'b', 'é', '\u{ff5e}', '\u{1f600}'];

/** With a place in history instead of a revision, which only the run will know. */
interface PlannedCompare {
  name: string;
  field: 'createRevision' | 'modRevision' | 'value' | 'absent';
  isTrue: boolean;
  value: Uint8Array;
}

interface PlannedTransaction {
  if: PlannedCompare[];
  branches: [Planned[], Planned[]];
}

interface Planned {
  name: string;
  type: Operation['type'];
  value: Uint8Array;
}

export async function agreesWithModel({ coordination, prefix }: OpenedCoordination): Promise<void> {
  let tries = 0;
  const some = fastCheck.array(plans(), { minLength: 1, maxLength: PLANS_AT_ONCE, size: 'max' });
  const property = fastCheck.asyncProperty(some, async (together) => {
    tries += 1;
    const runs = together.map((plan, i) => run(coordination, `${prefix}${tries}.${i}:`, plan));
    await Promise.all(runs);
  });
  await fastCheck.assert(property, { numRuns: PROPERTY_RUNS, seed: 42 });
}

async function run(
  coordination: Coordination,
  root: string,
  plan: readonly PlannedTransaction[],
): Promise<void> {
  const model = new CoordinationModel();
  const { revision: begun } = await coordination.list(root);
  let last = begun;
  for (const planned of plan) {
    const transaction = transactionOf(planned, root, model);
    const answer = await coordination.txn(transaction);
    const expected = model.apply(transaction, answer.revision);
    assert.equal(answer.done, expected.done);
    assertEntries(answer.entries, expected.entries);
    assert.ok(expected.changes.length > 0 ? answer.revision > last : answer.revision >= last);
    last = answer.revision;
  }
  const seen = [root, `${root}a`, `${root}a/`].map(async (prefix) => {
    assertEntries((await coordination.list(prefix)).entries, model.list(prefix));
    const expected = model.watched(prefix, begun + 1n);
    const items = await watched(coordination, prefix, begun + 1n, expected.length);
    assertWatched(items, expected);
  });
  await Promise.all(seen);
  const middle = model.history[model.history.length >> 1];
  if (middle === undefined) return;
  const { entries } = await coordination.list(root, { at: middle.revision });
  assertEntries(entries, model.listAt(root, middle.revision));
}

function transactionOf(
  { if: compares, branches }: PlannedTransaction,
  root: string,
  model: CoordinationModel,
): Transaction {
  const [then, otherwise] = branches.map((branch) =>
    branch.map(({ name, type, value }): Operation => {
      return type === 'put' ? { type, key: root + name, value } : { type, key: root + name };
    }),
  ) as [Operation[], Operation[]];
  const conditions = compares.map((planned) => compareOf(planned, root, model));
  return { if: conditions, then, else: otherwise };
}

function compareOf(planned: PlannedCompare, root: string, model: CoordinationModel): Compare {
  const { name, field, isTrue, value } = planned;
  const key = root + name;
  const entry = model.get(key);
  if (field === 'absent') return { key, createRevision: 0n };
  if (field === 'value') return { key, value: isTrue && entry ? entry.value : value };
  const revision = (entry?.[field] ?? 0n) + (isTrue ? 0n : 1n);
  return field === 'createRevision'
    ? { key, createRevision: revision }
    : { key, modRevision: revision };
}

function plans() {
  const name = fastCheck.constantFrom(...NAMES);
  const value = fastCheck.uint8Array({ maxLength: 2 });
  const field = fastCheck.constantFrom<PlannedCompare['field'][]>(
    'createRevision',
    'modRevision',
    'value',
    'absent',
  );
  const isTrue = fastCheck.constantFrom(true, true, true, false);
  const compares = fastCheck.array(fastCheck.record({ name, field, isTrue, value }), {
    maxLength: 2,
  });
  const type = fastCheck.constantFrom<Operation['type'][]>('put', 'put', 'delete', 'get');
  const operation = fastCheck.record({ name, type, value });
  const branch = fastCheck.uniqueArray(operation, { maxLength: 5, selector: (item) => item.name });
  return fastCheck.array(
    fastCheck.record({ if: compares, branches: fastCheck.tuple(branch, branch) }),
    { minLength: 1, maxLength: 12 },
  );
}
