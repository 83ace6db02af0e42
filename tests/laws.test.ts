// The laws of the house, held by a test: floors, doors, cycles, clocks, small processes, sizes. A
// law is never loosened to let a change pass.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LARGER, ROOMS, type Room, SIZES, SMALL_PROCESSES } from './house.ts';
import {
  isTest,
  packageOf,
  resolveRelative,
  type SourceFile,
  sourceFiles,
  TOP,
} from './source-files.ts';

const files = sourceFiles([
  'packages/*/src/**/*.ts',
  'apps/*/src/**/*.{ts,tsx}',
  'apps/console/dev/**/*.ts',
  'bench/src/**/*.ts',
  'tests/**/*.ts',
  'tools/**/*.ts',
]);
const product = files.filter((file) => roomOf(file) !== undefined && !isTest(file.path));

function roomOf(file: Pick<SourceFile, 'path'>): Room | undefined {
  return ROOMS.find((room) => file.path.startsWith(`${room.folder}/`));
}

function none(faults: string[], law: string): void {
  assert.ok(faults.length === 0, `${law}:\n  ${faults.join('\n  ')}`);
}

test('imports go down only, and rooms of one floor never import one another', () => {
  const faults = product.flatMap((file) =>
    file.imports.flatMap(({ specifier, typeOnly }) => {
      const from = roomOf(file);
      const to = ROOMS.find((room) => room.name === packageOf(specifier));
      if (from === undefined || to === undefined || from === to || to.floor < from.floor) return [];
      return [`${file.path} imports ${typeOnly ? 'types of ' : ''}${to.name}`];
    }),
  );
  none(faults, 'floors');
});

test('a package is entered by its doors, never by a path', () => {
  const faults = files.flatMap((file) => {
    const room = roomOf(file);
    return file.imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .filter(
        ({ specifier }) =>
          room !== undefined &&
          !resolveRelative(file.path, specifier).startsWith(`${room.folder}/`),
      )
      .map(({ specifier }) => `${file.path} reaches ${specifier}`);
  });
  none(faults, 'doors');
});

test('what a room imports is declared by it', () => {
  const faults = files.flatMap((file) => {
    const room = roomOf(file);
    if (room === undefined) return [];
    const manifest = JSON.parse(readFileSync(join(TOP, room.folder, 'package.json'), 'utf8'));
    const own = [room.name, ...Object.keys(manifest.dependencies ?? {})];
    const top = JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8'));
    const declared = isTest(file.path)
      ? [
          ...own,
          ...Object.keys(manifest.devDependencies ?? {}),
          ...Object.keys(top.devDependencies),
        ]
      : [
          ...own,
          ...Object.keys((room.name === '@holdfast/console' && manifest.devDependencies) || {}),
        ];
    return file.imports
      .filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .filter(({ specifier }) => !declared.includes(packageOf(specifier)))
      .map(
        ({ specifier }) =>
          `${file.path} imports ${specifier}, which ${room.folder}/package.json does not name`,
      );
  });
  none(faults, 'declared dependencies');
});

test('no file imports itself by a circle', () => {
  const next = new Map(
    product.map((file) => [
      file.path,
      file.imports
        .filter(({ specifier, typeOnly, lazy }) => specifier.startsWith('.') && !typeOnly && !lazy)
        .map(({ specifier }) => resolveRelative(file.path, specifier)),
    ]),
  );
  const done = new Set<string>();
  const faults: string[] = [];
  const visit = (path: string, trail: string[]): void => {
    if (trail.includes(path)) faults.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  none(faults, 'cycles');
});

test('time and chance come from the kernel alone', () => {
  const forbidden =
    /\b(Date\.now|performance\.now|setTimeout|setInterval|setImmediate|Math\.random|process\.hrtime|new Date\(\))\b|new Date\(\)/;
  const faults = product
    .filter(({ path }) => !path.startsWith('packages/kernel/') && !path.startsWith('apps/console/'))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .map((line, index) => ({
          line: line.replace(/\/\/.*|^\s*\*.*/, ''),
          at: `${path}:${index + 1}`,
        }))
        .filter(({ line }) => forbidden.test(line))
        .map(({ at, line }) => `${at} ${line.trim()}`),
    );
  none(faults, 'clock and chance');
});

test('small processes load at their start only what their list allows', () => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  for (const { entry, may } of SMALL_PROCESSES) {
    const seen = new Set<string>();
    const faults: string[] = [];
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      const file = byPath.get(path);
      if (file === undefined) return void faults.push(`${path} does not exist`);
      for (const { specifier, typeOnly, lazy } of file.imports) {
        if (typeOnly || lazy || specifier.startsWith('node:')) continue;
        if (specifier.startsWith('.')) visit(resolveRelative(path, specifier));
        else if (!may.includes(packageOf(specifier))) faults.push(`${path} loads ${specifier}`);
      }
    };
    visit(entry);
    none(faults, `white list of ${entry}`);
  }
});

test('files and functions stay small; the ratchet only tightens', () => {
  const sizes = files.flatMap((file) => {
    const lines = file.text.split('\n').length - 1;
    const whole: Size = [file.path, lines, isTest(file.path) ? SIZES.testLines : SIZES.fileLines];
    return isTest(file.path) ? [whole] : [whole, ...functionSizes(file)];
  });
  const grown = sizes
    .filter(([name, lines, most]) => lines > Math.max(most, LARGER[name] ?? 0))
    .map(([name, lines]) => `${name} has ${lines} lines`);
  const slack = Object.entries(LARGER)
    .filter(([name, lines]) => !sizes.some(([other, now]) => other === name && now === lines))
    .map(([name]) => `${name} is not as large any more: lower its number`);
  none([...grown, ...slack], 'sizes');
});

/** Name, lines, most lines. */
type Size = readonly [string, number, number];

/** Named functions and methods, by the formatter's indentation: an opening line, and its closing brace under it. */
function functionSizes({ path, text }: SourceFile): Size[] {
  const opening =
    /^(\s*)(?:(?:export|async|function\*?|get|set|static) )*([#\w]+)(?:<[^>]*>)?\((?!.*;$)/;
  const most = path.endsWith('.tsx') ? SIZES.componentLines : SIZES.functionLines;
  const lines = text.split('\n');
  return lines.flatMap((line, start): Size[] => {
    const match = opening.exec(line);
    if (match === null || /^\s*(if|for|while|switch|return|test|describe)\b/.test(line)) return [];
    const end = lines.findIndex((other, index) => index > start && other === `${match[1]}}`);
    return end === -1 ? [] : [[`${path}#${match[2]}`, end - start + 1, most]];
  });
}

test('every file opens with what it is', () => {
  const faults = files
    .filter(({ path }) => !/\.(test|d)\.tsx?$/.test(path))
    .filter(({ text }) => !/^(#!.*\n)?\/\/ \S/.test(text))
    .map(({ path }) => path);
  none(faults, 'opening prose');
});

test('no drawers: names say what is inside', () => {
  const drawer = /(^|[/.-])(utils?|helpers?|common|misc|manager|impl)([/.-]|$)/i;
  none(
    files.map(({ path }) => path).filter((path) => drawer.test(path)),
    'names',
  );
});

test('ARCHITECTURE shows the same house', () => {
  const text = readFileSync(join(TOP, 'ARCHITECTURE.md'), 'utf8');
  const faults = ROOMS.filter(
    ({ folder, floor, purpose }) => !text.includes(`| ${floor} | \`${folder}\` | ${purpose} |`),
  );
  none(
    faults.map(
      ({ folder, floor, purpose }) => `missing: | ${floor} | \`${folder}\` | ${purpose} |`,
    ),
    'floors in ARCHITECTURE.md',
  );
});
