// The configuration in force on real files, with time simulated.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import { type ConfigurationSource, openConfigurationSource } from './configuration-source.ts';

let folder: string;
let clock: SimulatedClock;
let source: ConfigurationSource;
let told: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-source-'));
  mkdirSync(join(folder, 'more'));
  write(
    'holdfast.yaml',
    'include: ["more/*.yaml"]\nchecks: [{ name: a, target: "tcp://127.0.0.1:1" }]\n',
  );
  clock = new SimulatedClock(0);
  told = [];
  source = openConfigurationSource({
    path: join(folder, 'holdfast.yaml'),
    shownAs: 'holdfast.yaml',
    clock,
    logger: silentLogger,
    onChange: ({ checks }) => told.push(checks.map(({ name }) => name).join(' ')),
    onProblem: (text) => told.push(text === undefined ? 'well' : 'faulty'),
  });
  source.watch();
});

afterEach(() => {
  source.close();
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

test('a file that newly matches an include is taken up, and its change and its end', () => {
  write('more/b.yaml', 'checks: [{ name: b, target: "tcp://127.0.0.1:2" }]\n');
  clock.advance(2_000);
  write('more/b.yaml', 'checks: [{ name: c, target: "tcp://127.0.0.1:2" }]\n');
  clock.advance(2_000);
  rmSync(join(folder, 'more/b.yaml'));
  clock.advance(2_000);
  assert.deepEqual(told, ['a b', 'a c', 'a']);
});

test('a faulty file changes nothing until it is well again, in whichever file the fault stands', () => {
  write('more/b.yaml', 'checks: [{ name: b, target: "nonsense" }]\n');
  clock.advance(2_000);
  assert.match(source.problem?.text ?? '', /more\/b\.yaml:1:\d+/);
  assert.equal(source.current.checks.length, 1);
  write('more/b.yaml', 'checks: [{ name: b, target: "tcp://127.0.0.1:2" }]\n');
  clock.advance(2_000);
  assert.equal(source.problem, undefined);
  assert.deepEqual(told, ['faulty', 'well', 'a b']);
});

test('nothing is told while nothing changes, nor in the middle of a save', () => {
  clock.advance(10_000);
  write('holdfast.yaml', '');
  clock.advance(300);
  write('holdfast.yaml', 'checks: [{ name: z, target: "tcp://127.0.0.1:1" }]\n');
  clock.advance(2_000);
  assert.deepEqual(told, ['z']);
});
