// An HTTP/2 session over a connection that was dialled here, for one call after another. Whatever ends
// the connection, the abort included, ends the call that is going on with the reason, at once. The
// session is the owner of the socket: close() destroys it.

import type { Fault, PhaseName } from '@holdfast/kernel';
import { abortFault } from '../abort.ts';
import type { ByteStream } from '../byte-stream.ts';
import { encodeFields } from '../http2/hpack-encoder.ts';
import { Http2Session } from '../http2/http2-session.ts';
import type { PhaseLog } from '../phase-log.ts';
import type { Outcome, ProbeContext } from '../prober.ts';
import type { Metadata } from './metadata.ts';
import { Rpc, type RpcListener } from './rpc.ts';

export interface GrpcTarget {
  secure: boolean;
  /** `host:port` as the server is told. */
  authority: string;
}

export class GrpcSession {
  readonly #target: GrpcTarget;
  readonly #signal: AbortSignal;
  readonly #log: PhaseLog;
  readonly #session: Http2Session;
  #aborted: Fault | undefined;
  #rpc: Rpc | undefined;

  /** To be made in the turn of the loop in which the socket was connected or secured. */
  constructor(
    connection: ByteStream,
    target: GrpcTarget,
    { signal, clock }: Pick<ProbeContext, 'signal' | 'clock'>,
    log: PhaseLog,
  ) {
    this.#target = target;
    this.#signal = signal;
    this.#log = log;
    this.#session = new Http2Session(connection, clock);
    if (signal.aborted) this.handleEvent();
    else signal.addEventListener('abort', this);
  }

  get phase(): PhaseName | undefined {
    return this.#log.running;
  }

  /** Begins a call. One call at a time: the last one gets to know of the abort. */
  call(headers: Metadata, messageBytesMax: number, listener: RpcListener): Outcome<Rpc> {
    if (this.#aborted !== undefined) return { ok: false, fault: this.#aborted };
    const { secure, authority } = this.#target;
    const sent = { ':scheme': secure ? 'https' : 'http', ':authority': authority, ...headers };
    const rpc = new Rpc(this, listener, messageBytesMax);
    const begun = this.#session.request(encodeFields(sent), rpc, true);
    if (!begun.ok) return begun;
    rpc.begin(begun.value);
    this.#rpc = rpc;
    return { ok: true, value: rpc };
  }

  /** Aborted. */
  handleEvent(): void {
    this.#aborted = abortFault(this.#signal, this.#log.running);
    this.#rpc?.failed(this.#aborted);
    this.close();
  }

  /** May be called again. */
  close(): void {
    this.#signal.removeEventListener('abort', this);
    this.#session.close();
  }
}
