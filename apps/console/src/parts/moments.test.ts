import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockText, daysLeft, exactText, intervalText, spanText } from './moments.ts';

const words = { second: 's', minute: 'min', hour: 'h', day: 'd' };

test('a span has at most two units and never runs backwards', () => {
  const cases: [number, string][] = [
    [-5000, '0 s'],
    [8900, '8 s'],
    [60_000, '1 min'],
    [12.9 * 60_000, '12 min'],
    [3 * 3_600_000 + 5 * 60_000, '3 h 5 min'],
    [2 * 3_600_000, '2 h'],
    [5 * 86_400_000 + 3 * 3_600_000, '5 d 3 h'],
    [41.5 * 86_400_000, '41 d'],
  ];
  for (const [ms, text] of cases) assert.equal(spanText(ms, words), text);
});

test('intervals read as they are written', () => {
  assert.equal(intervalText(500, words), '500 ms');
  assert.equal(intervalText(30_000, words), '30 s');
  assert.equal(intervalText(90_000, words), '1 min 30 s');
  assert.equal(intervalText(86_400_000, words), '24 h');
});

test('clock text names the day only when it is another one', () => {
  const now = new Date(2026, 10, 21, 14, 3, 12).getTime();
  assert.equal(clockText(new Date(2026, 10, 21, 2, 14, 7).getTime(), now, 'en-GB'), '02:14');
  assert.equal(
    clockText(new Date(2026, 10, 21, 2, 14, 7).getTime(), now, 'en-GB', true),
    '02:14:07',
  );
  assert.equal(clockText(new Date(2026, 10, 19, 2, 14).getTime(), now, 'en-GB'), '19 Nov 02:14');
  assert.match(exactText(now, 'en-GB'), /21 Nov 2026.*14:03:12/);
});

test('days left are whole and turn negative after expiry', () => {
  assert.equal(daysLeft(6.9 * 86_400_000, 0), 6);
  assert.equal(daysLeft(-1, 0), -1);
});
