// The form of a raw row: as COPY takes it in binary, and as a query gives it back in text. What most rows
// share stands in their template; phases are pairs of whole numbers where that is exact, else JSON.

import type { Phase, PhaseName, ProbeResult } from '@holdfast/resources/result';
import type { ByteWriter } from '../rows/bytes.ts';
import type { RowColumns } from '../rows/row-columns.ts';
import { microsecondsOf, writeInt8 } from './binary-array.ts';

/** In the order in which COPY gets them. */
export const ROW_COLUMNS = `planned_at, check_id, location_id, attempt, status, template_id, total_ms,
  started_ms, schedule_lag_ms, loop_lag_ms, phases, odd_phases, patch`;
/** What `readRow` reads, from a table or subquery by this name. */
export const READ_COLUMNS = `(extract(epoch FROM planned_at) * 1000)::int8, check_id, location_id, attempt,
  status, template_id, total_ms, started_ms, schedule_lag_ms, loop_lag_ms, phases, odd_phases, patch`;

/** The position is the number in the store: append only, never reorder. */
export const PHASES: readonly PhaseName[] = [
  'resolve',
  'connect',
  'tls',
  'write',
  'wait',
  'transfer',
];
const PHASE_NUMBERS = new Map(PHASES.map((name, index) => [name, index]));
/** Room for phases to come in the number that holds name and hop. */
const PHASE_STRIDE = 16;
const HOPS_MAX = 2 ** 20;
const INT4_MAX = 2 ** 31 - 1;
const INT4_TYPE = 23;
const FIELDS = 13;
/** Stands for a length where a field has no value. */
const NULL = -1;
/** Dimensions, flags and type of the elements; each dimension takes eight more. */
const ARRAY_BYTES = 12;
/** Signature, flags and extension of the binary COPY format (documentation of COPY, "Binary Format"). */
const COPY_HEADER = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex');
const COPY_TRAILER = Buffer.from([0xff, 0xff]);
/** Field count, and the seven fields that stand before the body: 8 + 3 · 4 + 2 + 2 · 8 bytes. */
const HEAD_BYTES = 2 + 7 * 4 + 8 + 12 + 2 + 16;

/** The fields after `total_ms`, each with its length before it. */
export function writeBody(writer: ByteWriter, _: number, row: ProbeResult, patch: string): void {
  writeNumber(writer, row.startedAtMs);
  writeNumber(writer, row.scheduleLagMs);
  writeNumber(writer, row.loopLagMs);
  if (isWhole(row.phases)) {
    writePhases(writer, row.phases);
    writer.int32(NULL);
  } else {
    writer.int32(NULL);
    writer.sizedText(JSON.stringify(row.phases));
  }
  if (patch === '') writer.int32(NULL);
  else writer.sizedText(patch);
}

/** The whole COPY of these rows, with the ids that the store has for their checks and locations. */
export function copyRows(
  { columns, rows }: { columns: RowColumns; rows: Uint32Array },
  checkIds: readonly number[],
  locationIds: readonly number[],
): Buffer {
  const size = rows.length * HEAD_BYTES + columns.bodies.length;
  const buffer = Buffer.allocUnsafe(COPY_HEADER.length + size + COPY_TRAILER.length);
  buffer.set(COPY_HEADER);
  let at = COPY_HEADER.length;
  for (const row of rows) {
    at = buffer.writeInt16BE(FIELDS, at);
    at = buffer.writeInt32BE(8, at);
    writeInt8(buffer, microsecondsOf(columns.plannedAtMs[row] ?? 0), at);
    at = writeInt4(buffer, checkIds[columns.check[row] ?? 0] ?? 0, at + 8);
    at = writeInt4(buffer, locationIds[columns.location[row] ?? 0] ?? 0, at);
    at = writeInt4(buffer, columns.attempt[row] ?? 0, at);
    at = buffer.writeInt32BE(2, at);
    at = buffer.writeInt16BE(columns.status[row] ?? 0, at);
    at = buffer.writeInt32BE(8, at);
    writeInt8(buffer, columns.template[row] ?? 0, at);
    at = buffer.writeInt32BE(8, at + 8);
    at = buffer.writeDoubleBE(columns.totalMs[row] ?? 0, at);
    const body = columns.bodies.subarray(
      row === 0 ? 0 : columns.bodyEnd[row - 1],
      columns.bodyEnd[row],
    );
    buffer.set(body, at);
    at += body.length;
  }
  buffer.set(COPY_TRAILER, at);
  return buffer.subarray(0, at + COPY_TRAILER.length);
}

/** Of the columns `phases` and `odd_phases` as text. */
export function readPhases(numbers: string | null, odd: string | null): Phase[] {
  if (odd !== null) return JSON.parse(odd);
  if (numbers === null || numbers === '{}') return [];
  const phases: Phase[] = [];
  const values = numbers.slice(1, -1).split(',');
  let endMs = 0;
  for (let at = 0; at < values.length; at += 2) {
    const tag = Number(values[at]);
    const durationMs = Number(values[at + 1]) / 1000;
    const name = PHASES[tag % PHASE_STRIDE] ?? 'wait';
    phases.push({ name, hop: Math.floor(tag / PHASE_STRIDE), startMs: endMs, durationMs });
    endMs += durationMs;
  }
  return phases;
}

/** Whether `writePhases` gives back exactly what was measured. */
function isWhole(phases: readonly Phase[]): boolean {
  let endMs = 0;
  return phases.every(({ name, hop, startMs, durationMs }) => {
    const microseconds = Math.round(durationMs * 1000);
    const isNumber = microseconds >= 0 && microseconds <= INT4_MAX;
    const isKnown = PHASE_NUMBERS.has(name) && hop <= HOPS_MAX;
    const isExact = microseconds / 1000 === durationMs && startMs === endMs;
    endMs = startMs + durationMs;
    return isNumber && isKnown && isExact;
  });
}

/** Name and hop in one number, then microseconds, phase by phase; each starts where the last ended. */
function writePhases(writer: ByteWriter, phases: readonly Phase[]): void {
  const dimensions = phases.length === 0 ? 0 : 1;
  writer.int32(ARRAY_BYTES + dimensions * 8 + phases.length * 16);
  writer.int32(dimensions);
  writer.int32(0);
  writer.int32(INT4_TYPE);
  if (dimensions === 0) return;
  writer.int32(phases.length * 2);
  writer.int32(1);
  for (const { name, hop, durationMs } of phases) {
    writer.int32(4);
    writer.int32((PHASE_NUMBERS.get(name) ?? 0) + hop * PHASE_STRIDE);
    writer.int32(4);
    writer.int32(Math.round(durationMs * 1000));
  }
}

function writeNumber(writer: ByteWriter, value: number): void {
  writer.int32(8);
  writer.float64(value);
}

function writeInt4(buffer: Buffer, value: number, at: number): number {
  return buffer.writeInt32BE(value, buffer.writeInt32BE(4, at));
}
