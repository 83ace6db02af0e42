// Docs and code are held equal: the catalogues here, the commands of the README in docs.socket.test.ts.

import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ERRORS, FAULTS } from '@holdfast/kernel';
import { sourceFiles, TOP } from './source-files.ts';

function read(path: string): string {
  return readFileSync(join(TOP, path), 'utf8');
}

/** First cells of the rows that hold a code. */
function codesIn(markdown: string): string[] {
  return [...markdown.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1] ?? '');
}

test('docs/reference/errors.md lists the error catalogue, with status and exit code', () => {
  const page = read('docs/reference/errors.md');
  assert.deepEqual(codesIn(page), Object.keys(ERRORS));
  for (const [code, { exitCode, httpStatus, meaning }] of Object.entries(ERRORS)) {
    assert.ok(page.includes(`| \`${code}\` | ${exitCode} | ${httpStatus} | ${meaning} |`), code);
  }
});

test('docs/reference/faults.md lists the fault catalogue, with class, status and cure', () => {
  const page = read('docs/reference/faults.md');
  assert.deepEqual(codesIn(page), Object.keys(FAULTS));
  for (const [code, { class: faultClass, httpStatus, cure }] of Object.entries(FAULTS)) {
    assert.ok(page.includes(`| \`${code}\` | ${faultClass} | ${httpStatus} | ${cure} |`), code);
  }
});

test('every error code is raised somewhere', () => {
  const text = sourceFiles(['packages/*/src/**/*.ts', 'apps/holdfast/src/**/*.ts'])
    .filter(({ path }) => !path.endsWith('.test.ts') && path !== 'packages/kernel/src/error.ts')
    .map((file) => file.text)
    .join('\n');
  const unused = Object.keys(ERRORS).filter((code) => !text.includes(`'${code}'`));
  assert.deepEqual(unused, []);
});

test('every fault code is raised somewhere', () => {
  const text = sourceFiles(['packages/*/src/**/*.ts'])
    .filter(({ path }) => !path.endsWith('.test.ts') && path !== 'packages/kernel/src/fault.ts')
    .map((file) => file.text)
    .join('\n');
  const unused = Object.keys(FAULTS).filter((code) => !text.includes(`'${code}'`));
  assert.deepEqual(unused, []);
});

test('relative links in the docs lead somewhere', () => {
  const pages = globSync(
    ['*.md', 'docs/**/*.md', 'packages/**/README.md', 'apps/*/README.md', 'bench/README.md'],
    {
      cwd: TOP,
    },
  );
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map((match) => match[1] ?? '')
      .filter((link) => !existsSync(join(TOP, dirname(page), link)))
      .map((link) => `${page}: ${link}`),
  );
  assert.deepEqual(broken, []);
});
