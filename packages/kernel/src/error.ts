// The one error that crosses a boundary (command line, HTTP, worker, process): a code of the
// catalogue, what happened, how to mend it, and the cause. Expected outcomes are values, not this.

interface ErrorEntry {
  /** Exit status of a command that ends with it. */
  exitCode: 1 | 2 | 3;
  /** Status of an HTTP answer that carries it. */
  httpStatus: number;
  /** One sentence for the reference page. */
  meaning: string;
}

/** Every code our boundaries raise; docs/reference/errors.md lists the same. Never rename, never reuse. */
export const ERRORS = {
  USAGE: { exitCode: 2, httpStatus: 400, meaning: 'A command or request was called wrongly.' },
  CONFIG_NOT_FOUND: {
    exitCode: 1,
    httpStatus: 404,
    meaning: 'The named file does not exist or cannot be read.',
  },
  CONFIG_INVALID: {
    exitCode: 1,
    httpStatus: 422,
    meaning: 'The file has faults; each is listed with its place.',
  },
  PLUGIN_INVALID: {
    exitCode: 1,
    httpStatus: 422,
    meaning: 'A plugin cannot be used: it does not load, or is not what a plugin has to be.',
  },
  FILE_EXISTS: {
    exitCode: 1,
    httpStatus: 409,
    meaning: 'A file that would be written already exists.',
  },
  NOT_FOUND: { exitCode: 1, httpStatus: 404, meaning: 'No such check, result or page.' },
  FORBIDDEN_ORIGIN: {
    exitCode: 1,
    httpStatus: 403,
    meaning: 'The request came from a foreign page or host name.',
  },
  UNSUPPORTED_BODY: { exitCode: 1, httpStatus: 415, meaning: 'Only JSON bodies are read.' },
  LISTEN_FAILED: {
    exitCode: 1,
    httpStatus: 500,
    meaning: 'The address to listen on is taken or not ours.',
  },
  LISTEN_UNPROTECTED: {
    exitCode: 2,
    httpStatus: 500,
    meaning: 'A public address was asked for without a token.',
  },
  UNAUTHORIZED: { exitCode: 1, httpStatus: 401, meaning: 'The request carries no valid token.' },
  DATA_LOCKED: {
    exitCode: 1,
    httpStatus: 500,
    meaning: 'Another Holdfast uses the data directory.',
  },
  STORE_FAILED: { exitCode: 1, httpStatus: 500, meaning: 'The result store failed.' },
  STORE_TOO_NEW: {
    exitCode: 1,
    httpStatus: 500,
    meaning: 'The store was written by a newer Holdfast.',
  },
  AGENT_FAILED: {
    exitCode: 1,
    httpStatus: 503,
    meaning: 'The probing agent could not be started or kept running.',
  },
  BUSY: {
    exitCode: 1,
    httpStatus: 503,
    meaning: 'As many are served as can be; the next one has to wait.',
  },
  FORBIDDEN: {
    exitCode: 1,
    httpStatus: 403,
    meaning: 'The token is valid, and may not do this.',
  },
  CONFLICT: {
    exitCode: 1,
    httpStatus: 409,
    meaning: 'Somebody else changed the same thing meanwhile.',
  },
  COORDINATION_FAILED: {
    exitCode: 1,
    httpStatus: 503,
    meaning: 'The coordination engine cannot be reached or did not answer in time.',
  },
  COMPACTED: {
    exitCode: 1,
    httpStatus: 410,
    meaning: 'A revision was asked for that coordination no longer keeps.',
  },
  LEASE_LOST: {
    exitCode: 1,
    httpStatus: 409,
    meaning: 'The lease that the call stands on is gone.',
  },
  NOT_LEADER: {
    exitCode: 1,
    httpStatus: 421,
    meaning: 'Only the leader may do this, and another process leads.',
  },
  EVENTS_FAILED: {
    exitCode: 1,
    httpStatus: 503,
    meaning: 'The event engine cannot be reached or did not answer in time.',
  },
  FLEET_MISMATCH: {
    exitCode: 1,
    httpStatus: 409,
    meaning: 'Servers of one fleet do not share the same engines.',
  },
  SERVER_UNREACHABLE: {
    exitCode: 1,
    httpStatus: 502,
    meaning: 'No named server answered.',
  },
  INTERNAL: { exitCode: 3, httpStatus: 500, meaning: 'A fault of Holdfast itself.' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';
  readonly code: ErrorCode;
  readonly cure: string;

  constructor(code: ErrorCode, what: string, cure: string, cause?: unknown) {
    super(what, cause === undefined ? undefined : { cause });
    this.code = code;
    this.cure = cure;
  }
}

/**
 * Tells by its shape, so that it holds across duplicated packages. Structured cloning (workers,
 * channels) drops name, code and cure: send these as fields and build the error anew.
 */
export function isHoldfastError(value: unknown): value is HoldfastError {
  return value instanceof Error && value.name === 'HoldfastError' && 'code' in value;
}
