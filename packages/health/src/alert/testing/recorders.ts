// A logger and a meter that remember, so that tests can read what was said. They keep everything,
// which is right for a test and wrong for anything else.

import type { Labels, Logger, Meter } from '@holdfast/kernel';

export class RecordingLogger implements Logger {
  /** Each line as one text: level, message, fields as JSON (errors with message and cause). */
  readonly lines: string[] = [];

  debug = this.#at('debug');
  info = this.#at('info');
  warn = this.#at('warn');
  error = this.#at('error');

  with(): Logger {
    return this;
  }

  #at(level: string): Logger['info'] {
    return (message, fields = {}) => {
      this.lines.push(`${level} ${message} ${JSON.stringify(fields, withErrors)}`);
    };
  }
}

export class RecordingMeter implements Meter {
  /** `name{label="value"}` → value. */
  readonly values = new Map<string, number>();

  counter(name: string): ReturnType<Meter['counter']> {
    return {
      add: (amount, labels) => {
        const series = seriesOf(name, labels);
        this.values.set(series, (this.values.get(series) ?? 0) + amount);
      },
      remove: (labels) => void this.values.delete(seriesOf(name, labels)),
    };
  }

  gauge(name: string): ReturnType<Meter['gauge']> {
    return {
      set: (value, labels) => void this.values.set(seriesOf(name, labels), value),
      remove: (labels) => void this.values.delete(seriesOf(name, labels)),
    };
  }

  histogram(): ReturnType<Meter['histogram']> {
    return { observe: () => {}, remove: () => {} };
  }
}

function seriesOf(name: string, labels: Labels = {}): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function withErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { message: value.message, stack: value.stack, cause: value.cause };
}
