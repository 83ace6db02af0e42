// Names for new things: ids that sort by the time they were made, and the ids of W3C trace context.
// They are hard to guess only with systemChance; a seeded chance repeats them on purpose.

import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';

/** Crockford's base 32: no I, L, O, U, so that an id survives being read aloud. In ascending order. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;
const CHANCE_CHARACTERS = 16;
const WALL_MS_MAX = 2 ** 48 - 1;

/**
 * 26 characters: 48 bits of wall time in milliseconds, then 80 bits of chance (the layout of ULID).
 * Ids made in one millisecond are in no order among themselves.
 */
export function newId(clock: Clock, chance: Chance): string {
  let time = Math.min(WALL_MS_MAX, Math.max(0, Math.floor(clock.wallMs())));
  let text = '';
  for (let i = 0; i < TIME_CHARACTERS; i += 1) {
    text = ALPHABET.charAt(time % 32) + text;
    time = Math.floor(time / 32);
  }
  for (let i = 0; i < CHANCE_CHARACTERS; i += 1) text += ALPHABET.charAt(chance.integer(32));
  return text;
}

/** 32 lower-case hexadecimal digits, never all zero (W3C Trace Context). */
export function newTraceId(chance: Chance): string {
  return nonZeroHex(chance, 32);
}

/** 16 lower-case hexadecimal digits, never all zero (W3C Trace Context). */
export function newSpanId(chance: Chance): string {
  return nonZeroHex(chance, 16);
}

function nonZeroHex(chance: Chance, digits: number): string {
  let text = '';
  while (text.length < digits) text += chance.integer(0x10000).toString(16).padStart(4, '0');
  return /[^0]/.test(text) ? text : text.replace(/0$/, '1');
}
