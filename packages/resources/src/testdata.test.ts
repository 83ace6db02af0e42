// Every file of testdata/ and examples/: what is invalid gives just the problems that stand beside
// it, what is valid compiles to just the JSON beside it. `HOLDFAST_UPDATE=1` writes what stands
// beside them anew; look at the difference before keeping it.

import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { formatProblem, initialFile, type Loaded, loadConfiguration } from './load.ts';

const TESTDATA = join(import.meta.dirname, '../testdata');
const EXAMPLES = join(import.meta.dirname, '../../../examples');
const isSource = (file: string) => /\.(yaml|toml)$/.test(file);
const files = readdirSync(TESTDATA).filter(isSource);

function load(folder: string, file: string): Loaded {
  const readFile = (path: string, encoding: 'utf8' | 'base64' = 'utf8') =>
    readFileSync(join(folder, path), encoding);
  const listFiles = (pattern: string) => globSync(pattern, { cwd: folder });
  const text = readFile(file);
  return loadConfiguration({ file, text, folder: '/etc/holdfast', readFile, listFiles });
}

function assertSame(path: string, actual: string): void {
  if (process.env.HOLDFAST_UPDATE === '1') writeFileSync(path, actual);
  assert.equal(actual, existsSync(path) ? readFileSync(path, 'utf8') : '');
}

describe('invalid files tell every problem', () => {
  for (const file of files.filter((name) => name.startsWith('invalid-'))) {
    test(file, () => {
      const loaded = load(TESTDATA, file);
      assert.ok(!loaded.ok, 'it must not be valid');
      const lines = loaded.problems.map((problem) => `${formatProblem(problem)}\n`).join('');
      assert.doesNotMatch(lines, /hunter2|secret-path|fault of Holdfast/);
      assertSame(join(TESTDATA, `${file}.problems`), lines);
    });
  }
});

describe('valid files compile', () => {
  for (const file of files.filter((name) => name.startsWith('valid-'))) {
    test(file, () => {
      const loaded = load(TESTDATA, file);
      assert.ok(loaded.ok, loaded.ok ? '' : loaded.problems.map(formatProblem).join('\n'));
      const { resources, written, sourceOf, ...compiled } = loaded.configuration;
      const places = compiled.checks.map((check) => sourceOf(check.namespace, check.name));
      const shown = JSON.stringify({ ...compiled, places, resources }, null, 2);
      assertSame(join(TESTDATA, `${file}.json`), `${shown}\n`);
    });
  }
});

describe('files that people start from', () => {
  for (const file of readdirSync(EXAMPLES).filter(isSource)) {
    test(`examples/${file}`, () => {
      const loaded = load(EXAMPLES, file);
      assert.ok(loaded.ok, loaded.ok ? '' : loaded.problems.map(formatProblem).join('\n'));
      assert.ok(loaded.configuration.checks.length > 0);
      assert.deepEqual(loaded.configuration.warnings, []);
    });
  }

  test('what init writes is valid, and so is what it shows commented out', () => {
    const text = initialFile();
    const prose = 3;
    const lines = text.split('\n');
    const rest = lines.slice(prose).map((line) => line.replace(/^( *)# /, '$1'));
    const uncommented = [...lines.slice(0, prose), ...rest].join('\n');
    assert.notEqual(uncommented, text);
    for (const [one, checks] of [
      [text, 1],
      [uncommented, 3],
    ] as const) {
      const loaded = loadConfiguration({ file: 'holdfast.yaml', text: one, readFile: () => '' });
      assert.ok(loaded.ok, loaded.ok ? '' : loaded.problems.map(formatProblem).join('\n'));
      assert.equal(loaded.configuration.checks.length, checks);
      assert.deepEqual(loaded.configuration.warnings, []);
    }
  });
});
