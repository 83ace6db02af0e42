// One server did not answer one attempt as it should. Whether the request may have been carried out
// decides whether it may be sent again, to this server or to another one.

export class AttemptFailed extends Error {
  override readonly name = 'AttemptFailed';
  /** The server may have done what was asked. */
  readonly mayHaveHappened: boolean;

  /** `what`: follows the name of the server in a sentence. */
  constructor(what: string, mayHaveHappened: boolean, cause?: unknown) {
    super(what, cause === undefined ? undefined : { cause });
    this.mayHaveHappened = mayHaveHappened;
  }
}
