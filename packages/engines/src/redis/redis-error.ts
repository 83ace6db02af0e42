// What went wrong with Redis, sorted: what passes by itself, what needs somebody, and how that one
// mends it. Redis' own errors carry the command with its arguments, a password among them, so they
// are never handed on whole.

import { HoldfastError, isHoldfastError } from '@holdfast/kernel';

const MESSAGE_LENGTH_MAX = 200;
/** First words of answers of a server that will answer better soon. */
const PASSING = /^(LOADING|BUSY|TRYAGAIN|MASTERDOWN|CLUSTERDOWN|READONLY|UNBLOCKED)\b/;
const CURES: readonly (readonly [RegExp, string])[] = [
  [
    /^(WRONGPASS|NOAUTH|ERR AUTH|ERR invalid password)/,
    'Give the user and password in the address, as in redis://user:password@host:6379.',
  ],
  [/^NOPERM/, 'Give this user the rights +@stream +@scripting +@connection +info on its keys.'],
  [/^OOM/, 'Redis is full: give it more memory, or keep shorter streams.'],
  [/^WRONGTYPE/, 'Another program keeps something else under this key: choose another prefix.'],
  [/^READONLY/, 'The address leads to a replica: name the primary.'],
  [/certificate|self.signed|unable to verify/i, 'Name the authority that issued its certificate.'],
  [/timed out|ETIMEDOUT/i, 'Find out what holds Redis or the network up.'],
];
const CURE_DEFAULT = 'Check that Redis runs and that its address is right.';

/** Redis did not answer, or asks to come again: the same command may succeed later. */
export function passes(error: unknown): boolean {
  return !isReply(error) || PASSING.test(messageOf(error));
}

/** The answer begins so. */
export function answers(error: unknown, word: string): boolean {
  return isReply(error) && messageOf(error).startsWith(word);
}

export function timedOut(error: unknown): boolean {
  return messageOf(error) === 'Command timed out';
}

/** EVENTS_FAILED, with the cure that fits. */
export function redisFailed(what: string, error: unknown): HoldfastError {
  if (isHoldfastError(error)) return error;
  const message = messageOf(error);
  const cure = CURES.find(([pattern]) => pattern.test(message))?.[1] ?? CURE_DEFAULT;
  return new HoldfastError('EVENTS_FAILED', `${what}: ${message}`, cure);
}

export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.slice(0, MESSAGE_LENGTH_MAX);
}

function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
