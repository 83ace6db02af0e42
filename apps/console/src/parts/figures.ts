// Numbers as people read them: at most three significant digits, the unit apart so that it can be
// set small and grey. Pure; what is unknown is absent, never zero.

export interface Figure {
  value: string;
  /** Empty for plain counts. */
  unit: string;
}

/** A measured duration: `0.42 ms`, `12.4 ms`, `132 ms`, `1.32 s`, `75.0 s`. */
export function latencyFigure(ms: number): Figure {
  if (ms < 999.5) return { value: threeDigits(ms), unit: 'ms' };
  return { value: threeDigits(ms / 1000), unit: 's' };
}

/** A share 0…1 as `99.95 %`; rounded down, so that `100 %` is said only of a perfect record. */
export function shareFigure(share: number): Figure {
  const hundredths = Math.floor(share * 10_000 + 1e-6) / 100;
  return { value: String(hundredths), unit: '%' };
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units. */
export function bytesFigure(bytes: number): Figure {
  let value = bytes;
  let power = 0;
  while (value >= 999.5 && power < BYTE_UNITS.length - 1) {
    value /= 1000;
    power += 1;
  }
  return {
    value: power === 0 ? String(Math.round(value)) : threeDigits(value),
    unit: BYTE_UNITS[power] ?? 'B',
  };
}

/** Counts: exact with separators up to 99,999, then `123 k`, `1.23 M`. */
export function countFigure(count: number, locale: string): Figure {
  if (count < 100_000) return { value: count.toLocaleString(locale), unit: '' };
  if (count < 999_500) return { value: threeDigits(count / 1000), unit: 'k' };
  return { value: threeDigits(count / 1_000_000), unit: 'M' };
}

export function figureText(figure: Figure): string {
  return figure.unit === '' ? figure.value : `${figure.value} ${figure.unit}`;
}

/** A round duration on an axis: no trailing zeros, no unit on zero. */
export function tickText(ms: number): string {
  const { value, unit } = latencyFigure(ms);
  return ms === 0 ? '0' : `${Number.parseFloat(value)} ${unit}`;
}

/** Three significant digits without an exponent; small values keep two. */
export function threeDigits(value: number): string {
  if (value === 0) return '0';
  if (value >= 99.95) return value.toFixed(0);
  if (value >= 9.995) return value.toFixed(1);
  if (value >= 0.995) return value.toFixed(2);
  if (value >= 0.0995) return value.toFixed(2);
  return value >= 0.001 ? value.toFixed(3) : '<0.001';
}
