import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '@holdfast/kernel';
import type { Item } from '../mirror/mirror.ts';
import { Watcher } from './watcher.ts';

function item(value: number): Item<unknown> {
  return { key: 'k', value, createRevision: 1n, modRevision: BigInt(value) };
}

test('a value that comes while the calls come to their end is told, in whichever turn it comes', async () => {
  for (let turns = 0; turns < 12; turns += 1) {
    const told: unknown[] = [];
    const watcher = new Watcher<number>({
      name: 'limit',
      logger: silentLogger,
      parse: Number,
      onChange: (value) => void told.push(value),
      storeProblem: () => undefined,
      onClose: () => {},
    });
    watcher.take(item(1));
    for (let turn = 0; turn < turns; turn += 1) await null;
    watcher.take(item(2));
    await new Promise(setImmediate);
    assert.equal(told.at(-1), 2, `after ${turns} turns`);
    await watcher.close();
  }
});
