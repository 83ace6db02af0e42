import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, type KeyMemory, strike } from './keys.ts';

function type(keys: string[], inField = false, stepMs = 100): (Command | undefined)[] {
  let memory: KeyMemory = {};
  return keys.map((key, index) => {
    const struck = strike(memory, {
      key,
      control: false,
      alternate: false,
      inField,
      atMs: index * stepMs,
    });
    memory = struck.memory;
    return struck.command;
  });
}

test('single keys and sequences', () => {
  assert.deepEqual(type(['/', '?', 'j', 'k', 'Enter', 'Escape']), [
    'search',
    'help',
    'next',
    'previous',
    'open',
    'close',
  ]);
  assert.deepEqual(type(['g', 'c', 'g', 'o', 'g', 'a', 'g', 'f']), [
    undefined,
    'go-checks',
    undefined,
    'go-overview',
    undefined,
    'go-alerts',
    undefined,
    'go-fleet',
  ]);
});

test('`g` is forgotten after a while and by any other key', () => {
  assert.deepEqual(type(['g', 'j'], false, 2000), [undefined, 'next']);
  assert.deepEqual(type(['g', 'x', 'c']), [undefined, undefined, undefined]);
});

test('a field keeps its keys, but Escape leaves it and the palette opens from anywhere', () => {
  assert.deepEqual(type(['j', '/', 'g', 'o', 'Enter'], true), [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assert.deepEqual(type(['Escape'], true), ['close']);
  const palette = strike({}, { key: 'K', control: true, alternate: false, inField: true, atMs: 0 });
  assert.equal(palette.command, 'palette');
  const browser = strike(
    {},
    { key: 'j', control: true, alternate: false, inField: false, atMs: 0 },
  );
  assert.equal(browser.command, undefined);
});
