// An error as it travels, and what becomes of it at the other end: codes that the caller has to expect
// stay what they are, any other one is a failure of whatever was asked.

import { ERRORS, type ErrorCode, HoldfastError, isHoldfastError } from '@holdfast/kernel';
import { Malformed, readParts, readText } from './wire-reader.ts';

export interface ErrorRule {
  /** What callers get when nobody answers as they should. */
  failure: ErrorCode;
  /** Codes that are told on as they are. */
  tells: (code: ErrorCode) => boolean;
}

const CODE_BYTES_MAX = 256;
const SENTENCE_BYTES_MAX = 4_000;

/** What is no error of ours is a fault of the server, whose innards are not for telling. */
export function writeError(error: unknown): object {
  if (!isHoldfastError(error))
    return {
      code: 'INTERNAL',
      message: 'The server failed on this request',
      cure: 'Look into its log.',
    };
  return { code: error.code, message: error.message, cure: error.cure };
}

/** Throws `Malformed` when it is none of our errors. `code`: as the server said it. */
export function readToldError(
  value: unknown,
  { failure, tells }: ErrorRule,
): { code: ErrorCode; error: HoldfastError } {
  const parts = readParts(value, 'the error');
  const code = readText(parts.code, 'code', CODE_BYTES_MAX);
  const message = readText(parts.message, 'message', SENTENCE_BYTES_MAX);
  const cure = readText(parts.cure, 'cure', SENTENCE_BYTES_MAX);
  if (!isErrorCode(code)) throw new Malformed('code is none of ours');
  if (tells(code)) return { code, error: new HoldfastError(code, message, cure) };
  const what = `The server answered with ${code}: ${message}`;
  return { code, error: new HoldfastError(failure, what, cure) };
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}
