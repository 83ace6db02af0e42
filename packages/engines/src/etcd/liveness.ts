// Whether the peer of a connection still lives, found out by asking: when somebody waits and nothing has
// come for a second, it is pinged (RFC 9113 section 6.7), and without an answer within another second
// it is given up. Counted in turns of a timer, not in time, so that a process that stood still hears
// first what lay in its sockets. etcd closes connections that ping more often than every 5 s.

import type { Clock, Timer } from '@holdfast/kernel';

const TURN_MS = 1_000;
const PING_TURNS = 6;

export class Liveness {
  readonly #clock: Clock;
  readonly #ping: () => void;
  readonly #dead: () => void;
  #waiting = 0;
  #heard = true;
  #asked = false;
  #turnsSincePing = PING_TURNS;
  #timer: Timer | undefined;

  constructor(clock: Clock, { ping, dead }: { ping: () => void; dead: () => void }) {
    this.#clock = clock;
    this.#ping = ping;
    this.#dead = dead;
  }

  /** Somebody waits for the peer from now on. */
  begin(): void {
    // Whoever comes while others wait must not hide that they wait in vain.
    if (this.#waiting === 0) this.#heard = true;
    this.#waiting += 1;
    this.#timer ??= this.#clock.after(TURN_MS, () => this.#turn());
  }

  end(): void {
    this.#waiting -= 1;
  }

  /** Anything came, the answer to a ping too. */
  heard(): void {
    this.#heard = true;
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#waiting = 0;
  }

  #turn(): void {
    this.#timer = undefined;
    this.#turnsSincePing = Math.min(this.#turnsSincePing + 1, PING_TURNS);
    if (this.#asked && !this.#heard) {
      this.#dead();
      return;
    }
    if (this.#heard) this.#asked = false;
    else if (this.#waiting > 0 && this.#turnsSincePing === PING_TURNS) this.#ask();
    this.#heard = false;
    // One more turn after the last one who waited, so that a busy connection keeps one timer.
    if (this.#waiting > 0 || this.#asked || this.#turnsSincePing < PING_TURNS)
      this.#timer = this.#clock.after(TURN_MS, () => this.#turn());
  }

  #ask(): void {
    this.#asked = true;
    this.#turnsSincePing = 0;
    this.#ping();
  }
}
