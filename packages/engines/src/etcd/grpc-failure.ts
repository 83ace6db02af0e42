// How a gRPC call ends when it ends badly: the status of the protocol, what the peer said, and whether
// the request may have arrived, on which it depends whether it may be asked again.

/** The statuses that we tell apart (gRPC, "Status codes and their use"). */
export const STATUS = {
  ok: 0,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

export class GrpcFailure extends Error {
  override readonly name = 'GrpcFailure';
  /** A number of STATUS, or another one that the peer said. */
  readonly status: number;
  /** The peer itself answered so; otherwise it is our own finding. */
  readonly said: boolean;
  /** False: the request surely did not reach the peer's hands. */
  readonly sent: boolean;

  constructor(
    status: number,
    what: string,
    { said = false, sent = true, cause }: { said?: boolean; sent?: boolean; cause?: unknown } = {},
  ) {
    super(what, cause === undefined ? undefined : { cause });
    this.status = status;
    this.said = said;
    this.sent = sent;
  }
}

export function unavailable(what: string, sent: boolean, cause?: unknown): GrpcFailure {
  return new GrpcFailure(STATUS.unavailable, what, { sent, cause });
}
