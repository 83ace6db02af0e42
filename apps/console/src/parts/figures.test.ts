import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bytesFigure,
  countFigure,
  figureText,
  latencyFigure,
  shareFigure,
  threeDigits,
  tickText,
} from './figures.ts';

test('a latency keeps three significant digits and changes unit at a second', () => {
  const cases: [number, string][] = [
    [0, '0 ms'],
    [0.0004, '<0.001 ms'],
    [0.042, '0.042 ms'],
    [0.42, '0.42 ms'],
    [1.239, '1.24 ms'],
    [9.996, '10.0 ms'],
    [12.44, '12.4 ms'],
    [99.96, '100 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [1320, '1.32 s'],
    [75_000, '75.0 s'],
  ];
  for (const [ms, text] of cases) assert.equal(figureText(latencyFigure(ms)), text);
});

test('no value below 1000 has more than three significant digits', () => {
  for (let value = 0.1; value < 1000; value *= 1.0137) {
    const digits = threeDigits(value).replace('.', '').replace(/^0+/, '');
    assert.ok(digits.length <= 3, `${value} → ${threeDigits(value)}`);
  }
});

test('availability is rounded down: 100 % is said only of a perfect record', () => {
  assert.equal(figureText(shareFigure(1)), '100 %');
  assert.equal(figureText(shareFigure(0.999999)), '99.99 %');
  assert.equal(figureText(shareFigure(0.9995)), '99.95 %');
  assert.equal(figureText(shareFigure(0.57)), '57 %');
  assert.equal(figureText(shareFigure(0)), '0 %');
});

test('ticks are round', () => {
  assert.deepEqual([0, 0.5, 80, 1000, 2500].map(tickText), [
    '0',
    '0.5 ms',
    '80 ms',
    '1 s',
    '2.5 s',
  ]);
});

test('bytes and counts', () => {
  assert.equal(figureText(bytesFigure(512)), '512 B');
  assert.equal(figureText(bytesFigure(64_213_000)), '64.2 MB');
  assert.equal(figureText(countFigure(2000, 'en')), '2,000');
  assert.equal(figureText(countFigure(1_234_567, 'en')), '1.23 M');
});
