// The token that etcd gives for user and password: fetched once for all who need it, and anew when etcd
// no longer takes it, as after a restart of a member or five idle minutes. The password goes nowhere but
// into that one request.

import type { Metadata } from './grpc-connection.ts';
import { GrpcFailure, STATUS } from './grpc-failure.ts';

export interface Credentials {
  user: string;
  password: string;
}

/** With it, a member that knows of no leader says so at once instead of making us wait. */
export const LEADER_REQUIRED: Metadata = ['hasleader', 'true'];

export class Authentication {
  readonly #authenticate: (() => Promise<string>) | undefined;
  #metadata: Metadata | undefined;
  #asking: Promise<Metadata> | undefined;

  /** `authenticate`: asks etcd for a token; absent: nobody has to be known. */
  constructor(authenticate?: () => Promise<string>) {
    this.#authenticate = authenticate;
    if (authenticate === undefined) this.#metadata = LEADER_REQUIRED;
  }

  /** What goes with each call, when it is known already. */
  get known(): Metadata | undefined {
    return this.#metadata;
  }

  metadata(): Promise<Metadata> {
    if (this.#metadata !== undefined) return Promise.resolve(this.#metadata);
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** etcd refused a call with this metadata. False: there is nothing else to try. */
  refused(metadata: Metadata): boolean {
    if (this.#authenticate === undefined) return false;
    if (this.#metadata === metadata) this.#metadata = undefined;
    return true;
  }

  async #ask(): Promise<Metadata> {
    const token = await this.#tokenOrNone();
    this.#metadata = token === undefined ? LEADER_REQUIRED : [...LEADER_REQUIRED, 'token', token];
    return this.#metadata;
  }

  /** A cluster that does not authenticate anybody serves us without a token. */
  async #tokenOrNone(): Promise<string | undefined> {
    try {
      return await this.#authenticate?.();
    } catch (failure) {
      const open =
        failure instanceof GrpcFailure &&
        failure.status === STATUS.failedPrecondition &&
        failure.message.includes('authentication is not enabled');
      if (open) return undefined;
      throw failure;
    }
  }
}
