import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  localInputText,
  parseTimeRange,
  resolveTimeRange,
  timeRangeParameters,
  zoomTimeRange,
} from './time-range.ts';

const read = (text: string) => parseTimeRange(new URLSearchParams(text));

test('a range goes to the URL and comes back', () => {
  for (const text of ['', 'range=6h', 'range=7d&from=1000&to=5000']) {
    const range = read(text);
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(timeRangeParameters(range)))
      if (value !== undefined) search.set(key, value);
    assert.deepEqual(parseTimeRange(search), range);
    assert.equal(search.toString(), text);
  }
});

test('what cannot be read falls back to the last hour', () => {
  for (const text of [
    'range=9y',
    'from=5000&to=1000',
    'from=a&to=b',
    'from=1000',
    'from=-1&to=5',
  ]) {
    assert.deepEqual(read(text), { relative: '1h' });
  }
});

test('a relative range ends now, a fixed one where it says', () => {
  assert.deepEqual(resolveTimeRange(read('range=6h'), 100_000_000_123), {
    fromMs: 100_000_001_000 - 6 * 3_600_000,
    toMs: 100_000_001_000,
  });
  assert.deepEqual(resolveTimeRange(read('from=1000&to=5000'), 9e12), { fromMs: 1000, toMs: 5000 });
});

test('zooming keeps the relative range to come back to and never gets too narrow', () => {
  const zoomed = zoomTimeRange(read('range=6h'), 1_000_000, 1_000_010);
  assert.deepEqual(zoomed, { relative: '6h', fixed: { fromMs: 940_005, toMs: 1_060_005 } });
});

test('date inputs get local time', () => {
  assert.equal(localInputText(new Date(2026, 10, 21, 2, 4).getTime()), '2026-11-21T02:04');
});
