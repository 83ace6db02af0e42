// The time range that a page shares, read from and written to the URL: `range=6h` is relative to
// now, `from=…&to=…` (ms since 1970) is fixed and wins. What cannot be read falls back, never fails.

export const RELATIVE_RANGES = ['1h', '6h', '24h', '7d'] as const;
export type RelativeRange = (typeof RELATIVE_RANGES)[number];

/** The span most outages are understood in, and short enough to load at once. */
export const DEFAULT_RANGE: RelativeRange = '1h';

const RANGE_MS: Record<RelativeRange, number> = {
  '1h': 3_600_000,
  '6h': 6 * 3_600_000,
  '24h': 24 * 3_600_000,
  '7d': 7 * 24 * 3_600_000,
};

/** Less cannot be drawn with buckets of a minute. */
const RANGE_MS_MIN = 120_000;

export interface TimeRange {
  relative: RelativeRange;
  /** Set when a fixed range is in force. */
  fixed?: { fromMs: number; toMs: number };
}

export function parseTimeRange(search: URLSearchParams): TimeRange {
  const named = search.get('range');
  const relative = RELATIVE_RANGES.find((range) => range === named) ?? DEFAULT_RANGE;
  const fromMs = moment(search.get('from'));
  const toMs = moment(search.get('to'));
  if (fromMs === undefined || toMs === undefined || toMs - fromMs < 1) return { relative };
  return { relative, fixed: { fromMs, toMs } };
}

/** The parameters that say this range; `undefined` removes one. */
export function timeRangeParameters(range: TimeRange): Record<string, string | undefined> {
  return {
    range: range.relative === DEFAULT_RANGE ? undefined : range.relative,
    from: range.fixed === undefined ? undefined : String(range.fixed.fromMs),
    to: range.fixed === undefined ? undefined : String(range.fixed.toMs),
  };
}

/** Where the range lies now. Relative ranges end at the next whole second, so that URLs can be compared. */
export function resolveTimeRange(
  range: TimeRange,
  nowMs: number,
): { fromMs: number; toMs: number } {
  if (range.fixed !== undefined) return range.fixed;
  const toMs = Math.ceil(nowMs / 1000) * 1000;
  return { fromMs: toMs - RANGE_MS[range.relative], toMs };
}

/** A zoom, widened about its middle when it is too narrow to hold anything. */
export function zoomTimeRange(range: TimeRange, fromMs: number, toMs: number): TimeRange {
  const middleMs = (fromMs + toMs) / 2;
  const halfMs = Math.max(toMs - fromMs, RANGE_MS_MIN) / 2;
  return {
    relative: range.relative,
    fixed: { fromMs: Math.round(middleMs - halfMs), toMs: Math.round(middleMs + halfMs) },
  };
}

/** `2026-11-21T02:14` in the viewer's zone, as date inputs want it. */
export function localInputText(atMs: number): string {
  const at = new Date(atMs);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${day}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

function moment(text: string | null): number | undefined {
  if (text === null || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}
