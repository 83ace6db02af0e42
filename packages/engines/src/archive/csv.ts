// One run as one line of CSV (RFC 4180) and back, to the last field: names and numbers as they are, facts
// as JSON. Plain enough that any other tool can read an archive without this code.

import type { ProbeResult } from '@holdfast/resources/result';
import { storeFailed } from '../rows/store-failed.ts';

export const COLUMNS = [
  'namespace',
  'check',
  'location',
  'planned_at_ms',
  'attempt',
  'kind',
  'target',
  'agent',
  'started_at_ms',
  'schedule_lag_ms',
  'loop_lag_ms',
  'status',
  'total_ms',
  'fault',
  'phases',
  'context',
  'detail',
] as const;

/** Far more than a run can hold; what is longer is no line of ours. */
const LINE_CHARACTERS_MAX = 16 * 1024 * 1024;

/** With its line end. */
export function lineOf(row: ProbeResult): string {
  const { key } = row;
  const json = (value: unknown) => quoted(JSON.stringify(value));
  return `${[
    quoted(key.namespace),
    quoted(key.check),
    quoted(key.location),
    key.plannedAtMs,
    key.attempt,
    quoted(row.kind),
    quoted(row.target),
    quoted(row.agent),
    row.startedAtMs,
    row.scheduleLagMs,
    row.loopLagMs,
    row.status,
    row.totalMs,
    row.fault === undefined ? '' : json(row.fault),
    json(row.phases),
    json(row.context),
    json(row.detail),
  ].join(',')}\r\n`;
}

/** Throws STORE_FAILED for a line that is none of ours. */
export function rowOf(fields: readonly string[]): ProbeResult {
  if (fields.length !== COLUMNS.length)
    throw damaged(`A line of it has ${fields.length} fields, not ${COLUMNS.length}`);
  const [namespace, check, location, plannedAt, attempt, kind, target, agent] = fields as Line;
  const [, , , , , , , , startedAt, lag, loopLag, status, total] = fields as Line;
  const [fault, phases, context, detail] = fields.slice(13) as [string, string, string, string];
  try {
    return {
      key: { namespace, check, location, plannedAtMs: Number(plannedAt), attempt: Number(attempt) },
      kind,
      target,
      agent,
      startedAtMs: Number(startedAt),
      scheduleLagMs: Number(lag),
      loopLagMs: Number(loopLag),
      status: status as ProbeResult['status'],
      ...(fault === '' ? {} : { fault: JSON.parse(fault) }),
      totalMs: Number(total),
      phases: JSON.parse(phases),
      context: JSON.parse(context),
      detail: JSON.parse(detail),
    };
  } catch (error) {
    throw damaged(`A line of it holds what is no JSON (${String(error)})`);
  }
}

type Line = [string, string, string, string, string, string, string, string, ...string[]];

/** The fields of each line of a text that comes in pieces. Throws STORE_FAILED for one cut off. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string[]> {
  let rest = '';
  for await (const piece of pieces) {
    rest += piece;
    if (rest.length > LINE_CHARACTERS_MAX) throw damaged('A line of it does not end');
    // Without this a long line would be looked through again with every piece.
    if (!piece.includes('\n')) continue;
    let at = 0;
    for (let line = nextLine(rest, at); line !== undefined; line = nextLine(rest, at)) {
      at = line.end;
      yield line.fields;
    }
    rest = rest.slice(at);
  }
  if (rest !== '') throw damaged('Its last line is cut off');
}

export function damaged(what: string): Error {
  return storeFailed(
    `The archive is damaged: ${what}`,
    'Restore the file from a backup; the other days of the archive can be read.',
  );
}

/** Undefined when the line is not all there. */
function nextLine(text: string, start: number): { fields: string[]; end: number } | undefined {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    const field = text[at] === '"' ? quotedField(text, at) : plainField(text, at);
    if (field === undefined) return undefined;
    fields.push(field.value);
    at = field.end;
    if (text[at] === ',') at += 1;
    else if (text.startsWith('\r\n', at)) return { fields, end: at + 2 };
    else if (at + 1 >= text.length) return undefined;
    else throw damaged('A field of it goes on after its end');
  }
}

function plainField(text: string, start: number): { value: string; end: number } | undefined {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\r') end += 1;
  return end === text.length ? undefined : { value: text.slice(start, end), end };
}

function quotedField(text: string, start: number): { value: string; end: number } | undefined {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
  // A quote at the end of the text may be half of a doubled one.
  if (end === -1 || end + 1 === text.length) return undefined;
  return { value: text.slice(start + 1, end).replaceAll('""', '"'), end: end + 1 };
}

function quoted(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}
