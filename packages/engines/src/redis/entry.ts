// An event as an entry of a Redis stream. The fields are plain text, so that others can write them by
// hand: `XADD holdfast:runs * type RunRequested data {"check":"shop"}`. Only `type` is needed: `id`
// is else the entry's own, `at` (milliseconds) its time, `key` empty, `data` (JSON) null. Whatever
// others write is read without a fault: what is no event is told with its reason.

import { usage } from '../events/checked-event.ts';
import { EVENT_BYTES_MAX, type StreamEvent } from '../events/events.ts';

/** As Redis answers: id, and names and values by turns; null when it was deleted meanwhile. */
export type RawEntry = readonly [id: string, fields: readonly string[] | null];

/** An unsigned 64-bit number has so many digits. */
const DIGITS = 20;
const NUMBER_MAX = 2n ** 64n - 1n;
const WORD_LENGTH_MAX = 512;
const SHOWN_LENGTH_MAX = 4_096;

export function fieldsOf(event: StreamEvent, dataText: string): string[] {
  const { id, type, key, atMs, origin } = event;
  const fields = ['id', id, 'type', type, 'key', key, 'at', String(atMs), 'data', dataText];
  return origin === undefined ? fields : [...fields, 'origin', origin];
}

/** The event, or why it is none. */
export function eventOf(id: string, fields: readonly string[]): StreamEvent | string {
  const named = new Map<string, string>();
  for (let i = 0; i + 1 < fields.length; i += 2) named.set(fields[i] ?? '', fields[i + 1] ?? '');
  const type = named.get('type') ?? '';
  const key = named.get('key') ?? '';
  const ownId = named.get('id') || id;
  const origin = named.get('origin');
  const atMs = Number(named.get('at') ?? id.split('-')[0]);
  if (type === '') return 'it has no type';
  for (const word of [type, key, ownId, origin ?? ''])
    if (word.length > WORD_LENGTH_MAX)
      return `a field is longer than ${WORD_LENGTH_MAX} characters`;
  if (!Number.isFinite(atMs)) return 'at is no number of milliseconds';
  const text = named.get('data') ?? 'null';
  if (Buffer.byteLength(text) > EVENT_BYTES_MAX) return `data exceeds ${EVENT_BYTES_MAX} bytes`;
  try {
    const event: StreamEvent = { id: ownId, type, key, atMs, data: JSON.parse(text) };
    if (origin !== undefined) event.origin = origin;
    return event;
  } catch {
    return 'data is not JSON';
  }
}

/** What stands in the stream of the dead for an entry that is no event. */
export function malformedEvent(id: string, fields: readonly string[], reason: string): StreamEvent {
  const text = JSON.stringify(fields).slice(0, SHOWN_LENGTH_MAX);
  const data = { reason, fields: text };
  return { id, type: 'Malformed', key: '', atMs: Number(id.split('-')[0]), data };
}

/** Ascends as text, which Redis' own ids do not. */
export function positionOf(id: string): string {
  const [time = '', count = ''] = id.split('-');
  return `${time.padStart(DIGITS, '0')}-${count.padStart(DIGITS, '0')}`;
}

/** A position, or an id as Redis shows it. Throws USAGE. */
export function idOf(position: string): string {
  const parts = /^(\d{1,20})-(\d{1,20})$/.exec(position);
  const [time, count] = [BigInt(parts?.[1] ?? -1), BigInt(parts?.[2] ?? -1)];
  if (parts !== null && time <= NUMBER_MAX && count <= NUMBER_MAX) return `${time}-${count}`;
  throw usage(
    `${JSON.stringify(position.slice(0, 80))} is no position in a stream`,
    'Give a position as a delivery told it.',
  );
}

/** The last id that lies before what was written at that time of the server. */
export function idBefore(wallMs: number): string {
  const time = BigInt(Math.max(0, Math.floor(wallMs)));
  return time === 0n ? '0-0' : `${time - 1n}-${NUMBER_MAX}`;
}

/** −1, 0 or 1, as positions compare. */
export function compareIds(one: string, other: string): number {
  const [a, b] = [positionOf(one), positionOf(other)];
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
