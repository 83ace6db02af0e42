import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from './command.ts';
import { parseCall } from './parse-call.ts';

const command: Command = {
  name: 'try',
  summary: '',
  usage: 'ONE [TWO]',
  arity: [1, 2],
  options: [
    { name: 'data', short: 'd', value: 'DIR', summary: '', default: 'here' },
    { name: 'header', value: 'H', summary: '', multiple: true },
    { name: 'json', summary: '' },
  ],
  examples: [],
  notes: [],
  run: async () => 0,
};

test('flags win over variables, variables over defaults', () => {
  assert.equal(parseCall(command, ['a'], {}).text('data'), 'here');
  assert.equal(parseCall(command, ['a'], { HOLDFAST_DATA: 'there' }).text('data'), 'there');
  assert.equal(
    parseCall(command, ['a', '-d', 'mine'], { HOLDFAST_DATA: 'there' }).text('data'),
    'mine',
  );
  assert.equal(parseCall(command, ['a'], { HOLDFAST_JSON: 'true' }).flag('json'), true);
  assert.deepEqual(parseCall(command, ['a', '--header', 'x', '--header=y'], {}).texts('header'), [
    'x',
    'y',
  ]);
  assert.deepEqual(parseCall(command, ['a', 'b'], {}).arguments, ['a', 'b']);
});

test('wrong words are USAGE, with what was meant', () => {
  assert.throws(() => parseCall(command, ['a', '--dta', 'x'], {}), {
    code: 'USAGE',
    cure: /--data/,
  });
  assert.throws(() => parseCall(command, [], {}), { code: 'USAGE', message: /missing/ });
  assert.throws(() => parseCall(command, ['a', 'b', 'c'], {}), {
    code: 'USAGE',
    message: /too many.*c/,
  });
  assert.throws(() => parseCall(command, ['a', '--data'], {}), { code: 'USAGE' });
  assert.throws(() => parseCall(command, ['a', '--json=yes'], {}), { code: 'USAGE' });
});
