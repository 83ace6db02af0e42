// Durations as people write them: `1m30s`, `500ms`, `2h`, `1d`, or a bare number of seconds.
// What is written is read exactly, to the microsecond; what cannot be read is undefined, not zero.

/** Units from large to small; a text names each at most once and in this order. */
const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** Longer texts are no durations; the limit keeps the work bounded whatever comes in. */
const TEXT_LENGTH_MAX = 64;

const NUMBER = '(\\d+(?:\\.\\d+)?)';
const BARE_SECONDS = new RegExp(`^${NUMBER}$`);
const WITH_UNITS = new RegExp(`^${UNITS.map(([unit]) => `(?:${NUMBER}${unit})?`).join('')}$`);

/** Milliseconds, or undefined when the text is no duration. Fractions are allowed (`1.5s`), signs are not. */
export function parseDurationMs(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > TEXT_LENGTH_MAX) return undefined;
  const bare = BARE_SECONDS.exec(trimmed);
  if (bare) return wholeMicroseconds([[bare[1], 1_000]]);
  const numbers = WITH_UNITS.exec(trimmed)?.slice(1);
  return numbers && wholeMicroseconds(UNITS.map(([, unitMs], i) => [numbers[i], unitMs]));
}

/**
 * A text that `parseDurationMs` reads back as the same number of microseconds, up to 70 years:
 * `1m30s`, `1.5s`, `250ms`, `0s`. The largest unit is days. A negative duration gets a sign, which
 * is for people and is not read back.
 */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return String(ms);
  if (ms < 0) return `-${formatDuration(-ms)}`;
  let restUs = Math.round(ms * 1_000);
  if (restUs === 0) return '0s';
  if (restUs < 1_000_000) return `${restUs / 1_000}ms`;
  let text = '';
  for (const [unit, unitMs] of UNITS.slice(1, 4)) {
    const count = Math.floor(restUs / (unitMs * 1_000));
    if (count > 0) text += `${count}${unit}`;
    restUs -= count * unitMs * 1_000;
  }
  return restUs === 0 ? text : `${text}${decimalSeconds(restUs)}s`;
}

/** Sums whole microseconds, because 1.1 s × 1000 is not quite 1100 in binary. Undefined beyond 285 years. */
function wholeMicroseconds(parts: [number: string | undefined, unitMs: number][]) {
  let sumUs = 0;
  for (const [number, unitMs] of parts) sumUs += Math.round(Number(number ?? 0) * unitMs * 1_000);
  return Number.isSafeInteger(sumUs) ? sumUs / 1_000 : undefined;
}

/** Never in scientific notation, which small fractions would otherwise get. */
function decimalSeconds(us: number): string {
  return (us / 1_000_000).toFixed(6).replace(/\.?0+$/, '');
}
