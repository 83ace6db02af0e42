// Times as people read them: how long ago, and exactly when in the viewer's own zone. Pure: the
// present is handed in. Spans use at most two units, so that a glance is enough.

export interface SpanWords {
  second: string;
  minute: string;
  hour: string;
  day: string;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `8 s`, `12 min`, `3 h 5 min`, `5 d 3 h`, `41 d`. Negative spans count as zero. */
export function spanText(ms: number, words: SpanWords): string {
  const span = Math.max(0, ms);
  if (span < MINUTE_MS) return `${Math.floor(span / SECOND_MS)} ${words.second}`;
  if (span < HOUR_MS) return `${Math.floor(span / MINUTE_MS)} ${words.minute}`;
  if (span < DAY_MS) return two(span, HOUR_MS, words.hour, MINUTE_MS, words.minute);
  if (span < 10 * DAY_MS) return two(span, DAY_MS, words.day, HOUR_MS, words.hour);
  return `${Math.floor(span / DAY_MS)} ${words.day}`;
}

/** An interval as written: `500 ms`, `30 s`, `1 min 30 s`, `2 h`. */
export function intervalText(ms: number, words: SpanWords): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < MINUTE_MS) return `${Math.round(ms / 100) / 10} ${words.second}`;
  if (ms < HOUR_MS) return two(ms, MINUTE_MS, words.minute, SECOND_MS, words.second);
  return two(ms, HOUR_MS, words.hour, MINUTE_MS, words.minute);
}

/** Date, time to the second and zone: `Fri, 21 Nov 2026, 02:14:07 GMT+1`. */
export function exactText(atMs: number, locale: string): string {
  return format(locale, 'exact', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(atMs);
}

/** `02:14` on the present day, `19 Nov 02:14` before it. */
export function clockText(atMs: number, nowMs: number, locale: string, seconds = false): string {
  const time = format(locale, seconds ? 'seconds' : 'minutes', {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' as const } : {}),
    hourCycle: 'h23',
  }).format(atMs);
  const day = format(locale, 'day', { day: 'numeric', month: 'short' });
  const date = day.format(atMs);
  return date === day.format(nowMs) ? time : `${date} ${time}`;
}

/** The viewer's zone as people know it and as an offset. */
export function zoneName(nowMs: number, locale: string): { short: string; long: string } {
  const parts = format(locale, 'zone', { timeZoneName: 'short' }).formatToParts(nowMs);
  return {
    short: parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC',
    long: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

/** Whole days left until a moment; negative once it has passed. */
export function daysLeft(untilMs: number, nowMs: number): number {
  return Math.floor((untilMs - nowMs) / DAY_MS);
}

/** Formatters are costly to make and few: one for each locale and shape (bounded by both). */
const formatters = new Map<string, Intl.DateTimeFormat>();

function format(
  locale: string,
  shape: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale} ${shape}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  formatters.set(key, made);
  return made;
}

function two(ms: number, largeMs: number, large: string, smallMs: number, small: string): string {
  const whole = Math.floor(ms / largeMs);
  const rest = Math.floor((ms - whole * largeMs) / smallMs);
  return rest === 0 ? `${whole} ${large}` : `${whole} ${large} ${rest} ${small}`;
}
