// The echo requests that nothing has been heard of yet, found by their sequence number. There are
// 65,536 numbers, so no more can wait; one is given again only once its echo is over. News belong to
// an echo only when sequence, token, version and address agree: late, doubled, forged and other
// programs' packets are nobody's.

import type { Chance } from '@holdfast/kernel';
import type { EchoAddress } from './echo-address.ts';
import type { EchoNews } from './echo-news.ts';
import type { Receipt } from './news-ring.ts';

export interface EchoListener {
  /** A reply, or an ICMP error about the request; the echo is over. */
  heard(echo: WaitingEcho, news: EchoNews, receipt: Receipt): void;
  /** Nothing more will be heard of any echo, and nothing more must be sent. */
  broken(reason: string): void;
}

export interface WaitingEcho {
  readonly listener: EchoListener;
  readonly destination: EchoAddress;
  /** The listener's own count. */
  readonly number: number;
  readonly sequence: number;
  readonly token: readonly [number, number];
  /** CLOCK_REALTIME right before it was sent. */
  sentSeconds: number;
  sentNanoseconds: number;
  /** By the probe's clock. */
  sentMs: number;
}

export const WAITING_MAX = 65_536;
const WORD = 2 ** 32;

export class WaitingEchoes {
  readonly #chance: Chance;
  readonly #bySequence = new Map<number, WaitingEcho>();
  #next = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  get size(): number {
    return this.#bySequence.size;
  }

  /** undefined when every number is taken. */
  add(listener: EchoListener, destination: EchoAddress, number: number): WaitingEcho | undefined {
    if (this.#bySequence.size >= WAITING_MAX) return undefined;
    while (this.#bySequence.has(this.#next)) this.#next = (this.#next + 1) % WAITING_MAX;
    const sequence = this.#next;
    this.#next = (sequence + 1) % WAITING_MAX;
    const token = [this.#chance.integer(WORD), this.#chance.integer(WORD)] as const;
    const times = { sentSeconds: 0, sentNanoseconds: 0, sentMs: 0 };
    const echo = { listener, destination, number, sequence, token, ...times };
    this.#bySequence.set(sequence, echo);
    return echo;
  }

  remove(echo: WaitingEcho): void {
    if (this.#bySequence.get(echo.sequence) === echo) this.#bySequence.delete(echo.sequence);
  }

  /** The echo that the news are about, which is then over. */
  take(news: EchoNews): WaitingEcho | undefined {
    const echo = this.#bySequence.get(news.sequence);
    if (echo === undefined || !isAbout(news, echo)) return undefined;
    this.#bySequence.delete(news.sequence);
    return echo;
  }
}

function isAbout(news: EchoNews, { token, destination }: WaitingEcho): boolean {
  if (news.version !== destination.version) return false;
  if (!destination.bytes.every((byte, at) => byte === news.destination[at])) return false;
  // An error may quote too little of our packet to show the token, a reply never.
  if (news.token === undefined) return news.kind === 'error';
  return news.token[0] === token[0] && news.token[1] === token[1];
}
