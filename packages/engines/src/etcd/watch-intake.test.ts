import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastCheck from 'fast-check';
import { Root } from './entries.ts';
import { EVENT_TYPE, type WatchEvent, type WatchResponse } from './messages.ts';
import { WatchIntake } from './watch-intake.ts';

const root = new Root('/r/');

function event(revision: number, name: string, type: number = EVENT_TYPE.put): WatchEvent {
  const value = new Uint8Array(1);
  const modRevision = BigInt(revision);
  return { type, kv: { key: `/r/${name}`, createRevision: 1n, modRevision, value, lease: 0n } };
}

function response(events: WatchEvent[], fragment = false): WatchResponse {
  const header = { clusterId: 1n, memberId: 1n, revision: 1_000n };
  const none = { created: false, canceled: false, compactRevision: 0n, cancelReason: '' };
  return { header, ...none, fragment, events };
}

test('transactions come whole and in order, however responses and fragments were cut', () => {
  const sizes = fastCheck.array(fastCheck.integer({ min: 1, max: 5 }), { minLength: 1 });
  const cuts = fastCheck.infiniteStream(fastCheck.boolean());
  const property = fastCheck.property(sizes, cuts, (transactions, cut) => {
    const intake = new WatchIntake(root, 1n);
    const told: [bigint, number][] = [];
    let piece: WatchEvent[] = [];
    const send = (fragment: boolean) => {
      for (const { revision, changes } of intake.take(response(piece, fragment)))
        told.push([revision, changes.length]);
      piece = [];
    };
    transactions.forEach((size, index) => {
      for (let i = 0; i < size; i += 1) {
        piece.push(event(index + 1, `${i}`));
        if (cut.next().value) send(true);
      }
      if (cut.next().value) send(false);
    });
    send(false);
    assert.deepEqual(
      told,
      transactions.map((size, index) => [BigInt(index + 1), size]),
    );
  });
  fastCheck.assert(property);
});

test('what was told already, or comes from before the beginning, is not told again', () => {
  const intake = new WatchIntake(root, 5n);
  const first = intake.take(response([event(4, 'a'), event(5, 'a'), event(6, 'a')]));
  assert.deepEqual(
    first.map(({ revision }) => revision),
    [5n, 6n],
  );
  assert.deepEqual(intake.take(response([event(6, 'a'), event(5, 'b')])), []);
});

test('keys are told without the root, deletions as such', () => {
  const [told] = new WatchIntake(root, 1n).take(response([event(3, 'a', EVENT_TYPE.delete)]));
  assert.deepEqual(told?.changes, [{ type: 'delete', key: 'a', modRevision: 3n }]);
});
