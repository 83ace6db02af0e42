// What a channel type must be able to do: try once to hand a delivery over and say how it went. A
// sender never throws, never waits past its signal and keeps secrets out of what it says; when to
// try again is not its business.

import type { Fault } from '@holdfast/kernel';
import type { AlertDelivery } from '@holdfast/resources/alert-record';
import type { CompiledChannel } from '@holdfast/resources/compiled-alert';

/** `outcome` is one short line for people, secrets removed. */
export type SendOutcome =
  | { type: 'delivered'; outcome: string }
  /** The receiver will not take this, however often it is sent. */
  | { type: 'refused'; outcome: string }
  /** May go better later; `retryAfterMs` is what the receiver asked for. */
  | { type: 'failed'; outcome: string; retryAfterMs?: number };

export type Send<C extends CompiledChannel> = (
  delivery: AlertDelivery,
  channel: C,
  signal: AbortSignal,
) => Promise<SendOutcome>;

/** One for each channel type. */
export type Senders = {
  readonly [T in CompiledChannel['type']]: Send<Extract<CompiledChannel, { type: T }>>;
};

/** Fills `${env:NAME}` and `${file:PATH}`, and hides every value it ever filled in. */
export interface ChannelSecrets {
  fill(text: string): Promise<{ ok: true; value: string } | { ok: false; fault: Fault }>;
  redact(text: string): string;
}
