// What a room needs to say about itself, as interfaces: back ends live in telemetry. The silent
// forms are for tests and for embedding; saying nothing must cost nothing.

export type Fields = Readonly<Record<string, unknown>>;

/** Messages are short sentences without data; data goes into fields. Secrets never go into either. */
export interface Logger {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** A logger that adds these fields to each line. */
  with(fields: Fields): Logger;
}

export type Labels = Readonly<Record<string, string>>;

/** Forgets the series of exactly these labels, so that a removed check leaves nothing behind. */
interface Removable {
  remove(labels: Labels): void;
}

export interface Counter extends Removable {
  add(amount: number, labels?: Labels): void;
}

export interface Gauge extends Removable {
  set(value: number, labels?: Labels): void;
}

export interface Histogram extends Removable {
  observe(value: number, labels?: Labels): void;
}

/** Instruments are made once at start; label names are fixed then, label values must be bounded by the caller. */
export interface Meter {
  counter(name: string, help: string, labelNames?: readonly string[]): Counter;
  gauge(name: string, help: string, labelNames?: readonly string[]): Gauge;
  histogram(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames?: readonly string[],
  ): Histogram;
}

export interface Span {
  /** W3C `traceparent` value to hand on. */
  readonly traceparent: string;
  set(attributes: Fields): void;
  end(error?: unknown): void;
}

export interface Tracer {
  start(name: string, attributes?: Fields): Span;
}

const nothing = () => {};

export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  with: () => silentLogger,
};

export const silentMeter: Meter = {
  counter: () => ({ add: nothing, remove: nothing }),
  gauge: () => ({ set: nothing, remove: nothing }),
  histogram: () => ({ observe: nothing, remove: nothing }),
};

const silentSpan: Span = { traceparent: '', set: nothing, end: nothing };

export const silentTracer: Tracer = { start: () => silentSpan };
