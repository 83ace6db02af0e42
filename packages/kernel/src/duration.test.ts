import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDurationMs } from './duration.ts';

const CASES: [text: string, ms: number][] = [
  ['1m30s', 90_000],
  ['500ms', 500],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['1w', 604_800_000],
  ['1d2h3m4s5ms', 93_784_005],
  ['1.5s', 1_500],
  ['1.1s', 1_100],
  ['0.25ms', 0.25],
  ['30', 30_000],
  ['0.5', 500],
  ['0', 0],
  ['0s', 0],
  [' 10s ', 10_000],
  ['90s', 90_000],
];

for (const [text, ms] of CASES) {
  test(`"${text}" is ${ms} ms`, () => assert.equal(parseDurationMs(text), ms));
}

const NO_DURATIONS = [
  '',
  ' ',
  's',
  '-1s',
  '+1s',
  '1 s',
  '1m 30s',
  '30s1m',
  '1s1s',
  '1x',
  '1S',
  '.5s',
  '1.s',
  '1e3',
  '1m30',
  'Infinity',
  'NaN',
  '0x10',
  '9'.repeat(20),
  '9'.repeat(70),
  '١s',
];

for (const text of NO_DURATIONS) {
  test(`"${text}" is no duration`, () => assert.equal(parseDurationMs(text), undefined));
}

test('what is formatted is read back to the microsecond', () => {
  const microseconds = fc.oneof(
    fc.nat(2_000_000),
    fc.integer({ min: 0, max: 70 * 365 * 86_400_000 }).map((ms) => ms * 1_000),
    fc.integer({ min: 0, max: 2 ** 51 }),
  );
  fc.assert(
    fc.property(microseconds, (us) => {
      assert.equal(parseDurationMs(formatDuration(us / 1_000)), us / 1_000);
    }),
    { numRuns: 2_000 },
  );
});

test('parsing never throws and never yields anything but a finite duration of zero or more', () => {
  const characters = fc.constantFrom(...'0123456789.wdhms ');
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: characters })), (text) => {
      const ms = parseDurationMs(text);
      assert.ok(ms === undefined || (ms >= 0 && Number.isFinite(ms)));
    }),
    { numRuns: 2_000 },
  );
});

const FORMATS: [ms: number, text: string][] = [
  [0, '0s'],
  [0.0001, '0s'],
  [0.25, '0.25ms'],
  [250, '250ms'],
  [1_000, '1s'],
  [1_500, '1.5s'],
  [1_000.001, '1.000001s'],
  [90_000, '1m30s'],
  [60_000.5, '1m0.0005s'],
  [3_600_000, '1h'],
  [604_800_000, '7d'],
  [93_784_005, '1d2h3m4.005s'],
  [-1_500, '-1.5s'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
];

for (const [ms, text] of FORMATS) {
  test(`${ms} ms reads "${text}"`, () => assert.equal(formatDuration(ms), text));
}
