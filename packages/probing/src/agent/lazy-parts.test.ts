// Every module of ours that is imported at run time must be among the lazy parts.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('..', import.meta.url));
const LIST = 'agent/lazy-parts.ts';
/** `import('./x.ts')`, and the file of a thread. */
const LAZY = /(?:\bimport\(|new Worker\(new URL\()\s*'(\.[^']+\.ts)'/g;

test('what is loaded on first use is loaded by a start that fills the compile cache', () => {
  const files = globSync('**/*.ts', { cwd: SOURCE }).filter(
    (file) => !/\.test\.ts$|\.bench\.ts$|testing|testdata/.test(file) && file !== LIST,
  );
  const used = files.flatMap(lazyIn);
  assert.ok(used.length > 3, 'the pattern finds what is there');
  assert.deepEqual([...new Set(lazyIn(LIST))].sort(), [...new Set(used)].sort());
});

function lazyIn(file: string): string[] {
  const text = readFileSync(join(SOURCE, file), 'utf8').replaceAll(/^\s*\/\/.*$/gm, '');
  return [...text.matchAll(LAZY)].map(([, path = '']) =>
    relative(SOURCE, join(SOURCE, dirname(file), path)),
  );
}
