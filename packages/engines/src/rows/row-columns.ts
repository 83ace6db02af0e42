// Rows as columns: how results cross the thread boundary, in both directions. A batch is a handful
// of typed arrays whose buffers change hands without copying; cloning the objects would cost more
// than writing them. Whoever sends columns must not touch them again.

import type { CheckReference, Status } from '@holdfast/resources/result';

/** The position is the number in the store: append only, never reorder. */
export const STATUSES: readonly Status[] = ['up', 'down', 'timeout', 'invalid'];

/** The latest run that is kept, in the year 2243: numbers of minutes and slots fit 32 bits. */
export const TIME_MS_MAX = 8.64e12;

export interface RowColumns {
  count: number;
  /** What `check` and `location` index. */
  checks: CheckReference[];
  locations: string[];
  check: Uint32Array<ArrayBuffer>;
  location: Uint32Array<ArrayBuffer>;
  plannedAtMs: Float64Array<ArrayBuffer>;
  attempt: Uint32Array<ArrayBuffer>;
  /** Index into STATUSES. */
  status: Uint8Array<ArrayBuffer>;
  totalMs: Float64Array<ArrayBuffer>;
  /** Id of the row's template. */
  template: Float64Array<ArrayBuffer>;
  /** Row i's body is bodies[bodyEnd[i - 1] … bodyEnd[i]); see row-body. */
  bodyEnd: Uint32Array<ArrayBuffer>;
  bodies: Uint8Array<ArrayBuffer>;
}

/** What many rows have in common, as JSON text; see template. */
export interface TemplateRecord {
  id: number;
  /** No row planned at or after this refers to it, so it may go when all older rows have gone. */
  untilMs: number;
  text: string;
  /** JSON array of the fingerprints of the certificate chain; empty when there is none. */
  chain: string;
}

export interface CertificateRecord {
  fingerprint: string;
  untilMs: number;
  text: string;
}

/** Everything needed to understand some rows without asking again. */
export interface RowPage {
  columns: RowColumns;
  templates: TemplateRecord[];
  certificates: CertificateRecord[];
}

/** Columns without rows, dictionaries or bodies yet. */
export function emptyColumns(capacity: number): RowColumns {
  return {
    count: 0,
    checks: [],
    locations: [],
    check: new Uint32Array(capacity),
    location: new Uint32Array(capacity),
    plannedAtMs: new Float64Array(capacity),
    attempt: new Uint32Array(capacity),
    status: new Uint8Array(capacity),
    totalMs: new Float64Array(capacity),
    template: new Float64Array(capacity),
    bodyEnd: new Uint32Array(capacity),
    bodies: new Uint8Array(0),
  };
}

/** The buffers to hand over with the columns. */
export function buffersOf(columns: RowColumns): ArrayBuffer[] {
  const { check, location, plannedAtMs, attempt, status, totalMs, template } = columns;
  const arrays = [check, location, plannedAtMs, attempt, status, totalMs, template];
  return [...arrays, columns.bodyEnd, columns.bodies].map((array) => array.buffer);
}

/** Gives each distinct text a small number, in order of arrival. */
export class Dictionary<T> {
  readonly values: T[] = [];
  readonly #indexes = new Map<string, number>();

  indexOf(text: string, make: () => T): number {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    this.#indexes.set(text, this.values.length);
    return this.values.push(make()) - 1;
  }
}

/** One text for a check; namespaces and names hold no NUL. */
export function checkText(check: CheckReference): string {
  return `${check.namespace}\0${check.check}`;
}
