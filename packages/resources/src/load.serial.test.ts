// Hostile and broken texts are refused, and soon: deep nesting, bombs of aliases and merges, and files
// as large as are read at all. Time is the thread's own, so that a busy machine is no failure.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatProblem, loadConfiguration } from './load.ts';

const TIME_MS_MAX = 2_000;

describe('bounded: hostile texts are refused, and soon', () => {
  const deep = Array.from({ length: 1000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n');
  const letters = [...'abcdefghijklmnop'];
  const bomb = letters.map((letter, at) => {
    const before = letters[at - 1];
    return `${letter}: &${letter} [${Array(9)
      .fill(before === undefined ? 'x' : `*${before}`)
      .join(', ')}]`;
  });
  const mergeBomb = letters.map((letter, at) => {
    const before = letters[at - 1];
    return `${letter}: &${letter} {${letter}1: 1${before === undefined ? '' : `, <<: [${Array(9).fill(`*${before}`).join(', ')}]`}}`;
  });
  const megabytes = (unit: string) =>
    unit.repeat(Math.floor((10 * 1024 * 1024 - 200) / unit.length));
  const many = (count: number, line: (at: number) => string) =>
    Array.from({ length: count }, (_, at) => line(at)).join('\n');
  const hostile: [string, string, string, RegExp][] = [
    ['1,000 levels of indentation', 'a.yaml', deep, /nested deeper than 64/],
    [
      '1,000 brackets',
      'a.yaml',
      `a: ${'['.repeat(1000)}${']'.repeat(1000)}`,
      /nested deeper than 64/,
    ],
    [
      '1,000 brackets in TOML',
      'a.toml',
      `a = ${'['.repeat(1000)}${']'.repeat(1000)}`,
      /nested deeper than 64/,
    ],
    [
      '100,000 brackets in TOML',
      'a.toml',
      `a = ${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      /nested deeper than 64/,
    ],
    ['1,000 dots in TOML', 'a.toml', `${'a.'.repeat(1000)}b = 1`, /nested deeper than 64/],
    ['an alias bomb', 'a.yaml', bomb.join('\n'), /more than 250,000 values/],
    ['a merge bomb', 'a.yaml', mergeBomb.join('\n'), /more than 250,000 values/],
    ['11 MB', 'a.yaml', 'a'.repeat(11 * 1024 * 1024), /larger than 10 MiB/],
    [
      '10 MB of checks',
      'a.yaml',
      `checks:\n${megabytes('- {name: a, target: "http://a.example/"}\n')}`,
      /250,000 lines|too many values/,
    ],
    ['10 MB of list', 'a.yaml', `a: [${megabytes('1,')}]`, /too many values/],
    ['10 MB of brackets', 'a.yaml', megabytes('['), /nested deeper/],
    ['10 MB of one text', 'a.yaml', `checks: "${megabytes('x')}"`, /must be a list/],
    ['10 MB of quotes', 'a.yaml', megabytes('"'), /too many values/],
    ['10 MB of TOML list', 'a.toml', `a = [${megabytes('1,')}]`, /more than 150,000 values/],
    ['10 MB of TOML lines', 'a.toml', megabytes('a = 1\n'), /250,000 lines/],
    [
      '60,000 unknown fields',
      'a.yaml',
      many(60_000, (at) => `k${at}: 1`),
      /more than 500 problems/,
    ],
    ['60,000 times one field', 'a.yaml', many(60_000, () => 'k: 1'), /more than 500 problems/],
    [
      '30,000 faulty checks',
      'a.yaml',
      `checks:\n${many(30_000, (at) => `- {name: ${at}, target: 5}`)}`,
      /more than 500 problems/,
    ],
  ];
  for (const [what, file, text, words] of hostile) {
    test(what, () => {
      const began = process.threadCpuUsage();
      const loaded = loadConfiguration({ file, text, readFile: () => '' });
      const { user, system } = process.threadCpuUsage(began);
      const tookMs = (user + system) / 1000;
      assert.match(loaded.ok ? '' : loaded.problems.map(formatProblem).join(' '), words);
      assert.ok(tookMs < TIME_MS_MAX, `took ${Math.round(tookMs)} ms`);
    });
  }
});
