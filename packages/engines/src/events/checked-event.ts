// What every engine refuses before it does anything, in the same words: names, sizes, options. An
// event's data is what JSON keeps of it, on every engine; plain data passes by reference, so whoever
// publishes must not change it afterwards.

import { HoldfastError } from '@holdfast/kernel';
import {
  type ConsumeOptions,
  EVENT_BYTES_MAX,
  EVENT_STREAM_NAME,
  PUBLISH_MAX,
  type StreamEvent,
} from './events.ts';

/** Of a group and a consumer: they stand in keys and in tables for people. */
const PARTY_NAME = /^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$/;
const WORD_LENGTH_MAX = 512;
/** Deeper data is measured as text. */
const DEPTH_MAX = 16;
const CONSUME_BOUNDS = {
  claimAfterMs: { least: 10, most: 86_400_000, usual: 30_000 },
  attemptsMax: { least: 1, most: 1_000, usual: 10 },
  unacknowledgedMax: { least: 1, most: 10_000, usual: 256 },
};

export type CheckedConsume = Required<ConsumeOptions>;

/** Throws USAGE. */
export function checkStream(name: string): void {
  if (EVENT_STREAM_NAME.test(name)) return;
  throw usage(
    `${shown(name)} is no name of a stream`,
    'Use up to 128 lower-case letters, digits, : _ and -, the first of them a letter.',
  );
}

/** Throws USAGE. */
export function checkParty(role: 'group' | 'consumer', name: string): void {
  if (PARTY_NAME.test(name)) return;
  throw usage(
    `${shown(name)} is no name of a ${role}`,
    'Use up to 128 letters, digits, . _ : @ / and -, the first of them a letter or digit.',
  );
}

/** Throws USAGE. */
export function checkBatch(events: readonly StreamEvent[]): void {
  if (events.length <= PUBLISH_MAX) return;
  throw usage(
    `${events.length} events were published at once`,
    `Publish at most ${PUBLISH_MAX} at once.`,
  );
}

/** With its defaults. Throws USAGE. */
export function checkedConsume(options: ConsumeOptions): CheckedConsume {
  checkParty('group', options.group);
  checkParty('consumer', options.consumer);
  return {
    group: options.group,
    consumer: options.consumer,
    from: options.from ?? 'next',
    claimAfterMs: bounded('claimAfterMs', options.claimAfterMs),
    attemptsMax: bounded('attemptsMax', options.attemptsMax),
    unacknowledgedMax: bounded('unacknowledgedMax', options.unacknowledgedMax),
  };
}

/** The event as it may be handed on: itself where its data is plain, else with what JSON keeps. Throws USAGE. */
export function plainEvent(event: StreamEvent): StreamEvent {
  checkWords(event);
  if (roomLeft(event.data, EVENT_BYTES_MAX, 0) >= 0) return event;
  return { ...event, data: JSON.parse(dataText(event)) };
}

/** The data as JSON. Throws USAGE. */
export function checkedDataText(event: StreamEvent): string {
  checkWords(event);
  return dataText(event);
}

export function closedError(): HoldfastError {
  return new HoldfastError('EVENTS_FAILED', 'The event engine is closed', 'Open it again.');
}

export function usage(what: string, cure: string): HoldfastError {
  return new HoldfastError('USAGE', what, cure);
}

function checkWords({ id, type, key, atMs, origin = '' }: StreamEvent): void {
  const isWhole = isWord(id) && isWord(type) && isWord(key) && isWord(origin);
  if (isWhole && id !== '' && type !== '' && Number.isFinite(atMs)) return;
  throw usage(
    `Event ${shown(id)} of type ${shown(type)} is not well formed`,
    `Give id and type (1 to ${WORD_LENGTH_MAX} characters), key (as long, or empty) and atMs (milliseconds).`,
  );
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' && value.length <= WORD_LENGTH_MAX;
}

/** JSON.stringify throws for circles and bigints, and knows no text for undefined. */
function dataText(event: StreamEvent): string {
  let text: string;
  try {
    text = JSON.stringify(event.data) ?? 'null';
  } catch (error) {
    const cure = 'Publish plain data: objects, arrays, strings, numbers, booleans, null.';
    const what = `The data of event ${shown(event.id)} cannot be written as JSON`;
    throw new HoldfastError('USAGE', what, cure, error);
  }
  if (text.length * 3 <= EVENT_BYTES_MAX) return text;
  const bytes = Buffer.byteLength(text);
  if (bytes <= EVENT_BYTES_MAX) return text;
  throw usage(
    `The data of event ${shown(event.id)} has ${bytes} bytes`,
    `Keep it below ${EVENT_BYTES_MAX} bytes, and publish a reference to what is larger.`,
  );
}

/**
 * Bytes left of `room` when the value is certainly plain and fits, negative when only its text can
 * tell: a bound that is quick to find, for the common small event.
 */
function roomLeft(value: unknown, room: number, depth: number): number {
  switch (typeof value) {
    case 'string':
      // The longest form of a UTF-16 unit in JSON is \uXXXX.
      return room - 2 - 6 * value.length;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? room - 25 : -1;
    case 'boolean':
      return room - 5;
    case 'object':
      return value === null ? room - 4 : roomOfObject(value, room, depth);
    default:
      return -1;
  }
}

function roomOfObject(value: object, room: number, depth: number): number {
  const isArray = Array.isArray(value);
  if (depth === DEPTH_MAX || 'toJSON' in value) return -1;
  if (!isArray && Object.getPrototypeOf(value) !== Object.prototype) return -1;
  let left = room - 2;
  if (isArray) {
    for (let i = 0; i < value.length && left >= 0; i += 1)
      left = roomLeft(value[i], left - 1, depth + 1);
    return left;
  }
  for (const name in value) {
    left = roomLeft(
      (value as Record<string, unknown>)[name],
      left - 4 - 6 * name.length,
      depth + 1,
    );
    if (left < 0) return left;
  }
  return left;
}

function bounded(name: keyof typeof CONSUME_BOUNDS, value: number | undefined): number {
  const { least, most, usual } = CONSUME_BOUNDS[name];
  if (value === undefined) return usual;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw usage(`${name} is ${value}`, `Give a whole number from ${least} to ${most}.`);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : `a ${typeof value}`;
}
