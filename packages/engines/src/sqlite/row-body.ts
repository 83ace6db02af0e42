// The bytes of one row beyond its columns: times, phases, and the patch against its template. The
// idea: what differs from run to run is mostly small numbers, so a body is some tens of bytes. The
// layout belongs to schema version 1; it must never change without a migration.

import type { Phase, PhaseName } from '@holdfast/resources/result';
import type { ByteReader, ByteWriter } from '../rows/bytes.ts';

/** The position is the number in the store: append only, never reorder. */
const PHASES: readonly PhaseName[] = ['resolve', 'connect', 'tls', 'write', 'wait', 'transfer'];
const PHASE_NUMBERS = new Map(PHASES.map((name, index) => [name, index]));
/** Room for phases to come in the varint that holds name and hop. */
const PHASE_STRIDE = 16;
/** Stands for a start that is the end of the phase before; odd, so no number begins with it. */
const CONTIGUOUS_TAG = 3;

export interface RowBody {
  startedAtMs: number;
  scheduleLagMs: number;
  loopLagMs: number;
  phases: Phase[];
}

export function writeBody(writer: ByteWriter, plannedAtMs: number, row: RowBody, patch: string) {
  writer.number(row.startedAtMs - plannedAtMs);
  writer.number(row.scheduleLagMs);
  writer.number(row.loopLagMs);
  writer.varint(row.phases.length);
  let endMs = 0;
  for (const phase of row.phases) {
    writer.varint((PHASE_NUMBERS.get(phase.name) ?? 0) + phase.hop * PHASE_STRIDE);
    if (phase.startMs === endMs) writer.varint(CONTIGUOUS_TAG);
    else writer.number(phase.startMs);
    writer.number(phase.durationMs);
    endMs = phase.startMs + phase.durationMs;
  }
  if (patch !== '') writer.text(patch);
}

/** Leaves the reader where the patch begins. Throws a RangeError for bytes that end too early. */
export function readBody(reader: ByteReader, plannedAtMs: number): RowBody {
  const startedAtMs = plannedAtMs + reader.number();
  const scheduleLagMs = reader.number();
  const loopLagMs = reader.number();
  const phases: Phase[] = [];
  let endMs = 0;
  for (let left = reader.varint(); left > 0; left -= 1) {
    const tag = reader.varint();
    const name = PHASES[tag % PHASE_STRIDE] ?? 'wait';
    const startTag = reader.varint();
    const startMs = startTag === CONTIGUOUS_TAG ? endMs : reader.numberOf(startTag);
    const durationMs = reader.number();
    phases.push({ name, hop: Math.floor(tag / PHASE_STRIDE), startMs, durationMs });
    endMs = startMs + durationMs;
  }
  return { startedAtMs, scheduleLagMs, loopLagMs, phases };
}
