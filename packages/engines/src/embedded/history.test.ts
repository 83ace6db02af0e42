import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Transition } from './effect.ts';
import { History } from './history.ts';

function transition(revision: number, valueBytes = 10): Transition {
  const value = new Uint8Array(valueBytes);
  const at = BigInt(revision);
  const entry = { key: 'a', value, createRevision: 2n, modRevision: at };
  return { type: 'changes', revision: at, changes: [{ type: 'put', entry }] };
}

function filled(count: number, bounds: { ageMs?: number; bytes?: number } = {}): History {
  const history = new History({ revisions: 100, ageMs: 0, bytes: 1e9, ...bounds });
  for (let index = 0; index < count; index += 1) history.push(transition(2 + index), index);
  return history;
}

describe('history', () => {
  it('finds a transaction by its revision', () => {
    const history = filled(10);
    assert.equal(history.at(5n)?.revision, 5n);
    assert.deepEqual([history.at(1n), history.at(12n)], [undefined, undefined]);
    assert.equal(history.forgetBefore(5n).length, 3);
    assert.equal(history.at(4n), undefined);
    assert.equal(history.at(11n)?.revision, 11n);
    assert.deepEqual(history.forgetBefore(5n), []);
  });

  it('is worth compacting only a tenth beyond its bounds, and down to them', () => {
    assert.equal(filled(110).surplus(1e9), undefined);
    assert.equal(filled(120).surplus(1e9), BigInt(2 + 20));
  });

  it('keeps what is young, beyond the count', () => {
    const history = filled(1_000, { ageMs: 500 });
    assert.equal(history.surplus(1_000), BigInt(2 + 501));
    assert.equal(history.surplus(400), undefined);
  });

  it('keeps to its bytes, whatever is young, and always the newest', () => {
    const history = filled(0, { ageMs: 1e9, bytes: 50_000 });
    for (let index = 0; index < 60; index += 1) history.push(transition(2 + index, 1_000), 0);
    const revision = history.surplus(0);
    assert.ok(revision !== undefined);
    history.forgetBefore(revision);
    assert.equal(history.surplus(0), undefined);
    assert.equal(history.at(61n)?.revision, 61n);
    history.push(transition(62, 1_000_000), 0);
    assert.equal(history.surplus(0), 62n);
  });
});
