// Connects to the first address that answers: each next one starts when the one before failed, or
// when it has kept us waiting for the head start (RFC 8305 section 5). The winner's time counts
// from the start of the whole, so a dead first address shows in the connect phase. Every socket
// that does not win is destroyed, at once when the signal is aborted.

import { type Clock, type Fault, type FaultCode, fault, type Timer } from '@holdfast/kernel';
import { abortFault } from '../abort.ts';
import type { KernelSocket } from '../kernel-socket/kernel-socket.ts';
import type { Address, Connection, Dial, Outcome } from '../prober.ts';
import { type AttemptListener, ConnectAttempt } from './connect-attempt.ts';
import { connectFaultCode, meaningOf, type SystemError } from './connect-fault.ts';
import type { EgressGuard } from './egress-guard.ts';
import { hasOwnRoute, mayLackRoute } from './own-route.ts';

/** "Connection Attempt Delay" as RFC 8305 recommends it. */
const HEAD_START_MS = 250;

export interface DialParts {
  clock: Clock;
  guard: () => EgressGuard;
  kernel: KernelSocket;
}

export function createDial(parts: DialParts): Dial {
  return (addresses, port, signal) =>
    new Promise((resolve) => {
      new Dialling(parts, addresses, port, signal, resolve).begin();
    });
}

class Dialling implements AttemptListener {
  readonly #parts: DialParts;
  readonly #addresses: readonly Address[];
  readonly #port: number;
  readonly #signal: AbortSignal;
  readonly #resolve: (outcome: Outcome<Connection>) => void;
  readonly #startMs: number;
  readonly #failures: Fault[] = [];
  #attempts: ConnectAttempt[] = [];
  #next = 0;
  #headStart: Timer | undefined;
  #ended = false;

  constructor(
    parts: DialParts,
    addresses: readonly Address[],
    port: number,
    signal: AbortSignal,
    resolve: (outcome: Outcome<Connection>) => void,
  ) {
    this.#parts = parts;
    this.#addresses = addresses;
    this.#port = port;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#startMs = parts.clock.nowMs();
  }

  begin(): void {
    if (this.#signal.aborted) {
      this.handleEvent();
      return;
    }
    this.#signal.addEventListener('abort', this);
    this.#startNext();
  }

  /** Aborted. */
  handleEvent(): void {
    this.#end({ ok: false, fault: abortFault(this.#signal, 'connect') });
  }

  connected(attempt: ConnectAttempt): void {
    if (this.#ended) return;
    attempt.measured(this.#parts.clock.nowMs() - this.#startMs, this.#parts.kernel);
    this.#attempts = this.#attempts.filter((other) => other !== attempt);
    this.#end({ ok: true, value: attempt });
  }

  /** Also called for sockets that have won or been destroyed; their errors are heard elsewhere. */
  failed(attempt: ConnectAttempt, error: SystemError): void {
    if (this.#ended) return;
    attempt.socket.destroy();
    if (mayLackRoute(error)) void this.#failedOnTheWay(attempt, error);
    else this.#lost(attempt, connectFaultCode(error, attempt.address.version), meaningOf(error));
  }

  /** Whose fault it is that there is no way: ours, or that of a router that turned us back. */
  async #failedOnTheWay(attempt: ConnectAttempt, error: SystemError): Promise<void> {
    const { address } = attempt;
    const isOurs = !(await hasOwnRoute(address, this.#port));
    if (this.#ended) return;
    if (isOurs) {
      const what = `this machine has no IPv${address.version} way there (${error.code})`;
      this.#lost(attempt, 'PROBER_NO_ROUTE', what);
    } else this.#lost(attempt, connectFaultCode(error, address.version), meaningOf(error));
  }

  #lost(attempt: ConnectAttempt, code: FaultCode, what: string): void {
    this.#attempts = this.#attempts.filter((other) => other !== attempt);
    this.#fail(code, `${this.#nameOf(attempt.address)}: ${what}.`);
  }

  #startNext(): void {
    this.#headStart?.cancel();
    const address = this.#addresses[this.#next];
    this.#next += 1;
    if (address === undefined) this.#endIfNoneIsLeft();
    else if (this.#parts.guard().allows(address.ip)) this.#start(address);
    else this.#fail('PROBER_EGRESS_DENIED', `The egress policy denies ${address.ip}.`);
  }

  #start(address: Address): void {
    this.#attempts.push(new ConnectAttempt(address, this.#port, this));
    if (this.#next < this.#addresses.length) {
      this.#headStart = this.#parts.clock.after(HEAD_START_MS, () => this.#startNext());
    }
  }

  #fail(code: FaultCode, message: string): void {
    this.#failures.push(fault(code, message, 'connect'));
    this.#startNext();
  }

  /** The first failure names the fault, what another address did before our own lack of a way; all are told. */
  #endIfNoneIsLeft(): void {
    if (this.#attempts.length > 0) return;
    const first =
      this.#failures.find(({ code }) => code !== 'PROBER_NO_ROUTE') ??
      this.#failures[0] ??
      fault('PROBER_FAILED', 'There was no address to connect to.', 'connect');
    const others = this.#failures.filter((failure) => failure !== first);
    const told = others.map(({ message }) => ` ${message}`);
    this.#end({ ok: false, fault: { ...first, message: first.message + told.join('') } });
  }

  #end(outcome: Outcome<Connection>): void {
    this.#ended = true;
    this.#headStart?.cancel();
    this.#signal.removeEventListener('abort', this);
    for (const attempt of this.#attempts) attempt.socket.destroy();
    this.#resolve(outcome);
  }

  #nameOf(address: Address): string {
    return address.version === 6 ? `[${address.ip}]:${this.#port}` : `${address.ip}:${this.#port}`;
  }
}
