// What Node tells while a handshake goes on: when keys were agreed on, when the certificate had come,
// and the staple. OpenSSL hands these out as it works through what has arrived, so with a peer that
// answers in one flight they lie close together at the end of the `tls` phase.

import type { TLSSocket } from 'node:tls';
import type { Clock } from '@holdfast/kernel';
import type { HandshakeInspection } from '../tls/handshake.ts';

export class HandshakeMarks implements HandshakeInspection {
  /** DER, as stapled. */
  staple: Buffer | undefined;
  /** From the first byte of the handshake, in ms. */
  certificateReceivedMs: number | undefined;
  keysAgreedMs: number | undefined;
  /** When the handshake was over, on the monotonic clock. */
  securedAtMs = 0;
  #begunAtMs = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begun(socket: TLSSocket): void {
    this.#begunAtMs = this.#clock.nowMs();
    // Secrets of the connection come with it; only the instant is looked at.
    socket.once('keylog', () => {
      this.keysAgreedMs = this.sinceBegunMs();
    });
    // Told without a staple too, as soon as the peer's certificate message is through.
    socket.once('OCSPResponse', (staple: Buffer | null | undefined) => {
      this.certificateReceivedMs = this.sinceBegunMs();
      if (staple !== null && staple !== undefined) this.staple = Buffer.from(staple);
    });
    socket.once('secureConnect', () => {
      this.securedAtMs = this.#clock.nowMs();
    });
  }

  /** How long our own verification has taken, in ms. */
  verificationMs(): number {
    return this.#clock.nowMs() - this.securedAtMs;
  }

  /** In ms. */
  sinceBegunMs(): number {
    return this.#clock.nowMs() - this.#begunAtMs;
  }
}
