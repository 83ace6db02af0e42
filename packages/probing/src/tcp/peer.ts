// The far end of one connection as a dialogue sees it: what it says is kept up to a bound and taken
// in lines or bytes, what is said to it is waited for until the kernel has it. Past the bound nothing
// more is read, so a flood costs no more than that. What was heard before the connection broke or was
// aborted can still be taken.

import type { Fault } from '@holdfast/kernel';
import { abortFault } from '../abort.ts';
import type { ByteStream } from '../byte-stream.ts';
import { brokenFault, type SystemError } from '../dial/connect-fault.ts';
import type { PhaseLog } from '../phase-log.ts';

/** `closed`: the peer ended first; `full`: as much was read as may be. */
export type Wait<T> =
  | { kind: 'value'; value: T }
  | { kind: 'closed' }
  | { kind: 'full' }
  | { kind: 'fault'; fault: Fault };

const FIRST_BYTES = 4096;
const LF = 0x0a;

export class Peer {
  readonly #stream: ByteStream;
  readonly #log: PhaseLog;
  readonly #signal: AbortSignal;
  readonly #bytesMax: number;
  #bytes: Buffer = Buffer.allocUnsafe(0);
  #length = 0;
  /** Taken up to here. */
  #at = 0;
  /** Up to here there is no further end of a line. */
  #searched = 0;
  #full = false;
  #ended = false;
  /** Nothing can be sent any more either. */
  #gone = false;
  #failure: Fault | undefined;
  #look: (() => void) | undefined;
  readonly #onEnd = () => this.#close(false);
  readonly #onClose = () => this.#close(true);
  readonly #onError = (error: SystemError) =>
    this.#fail(brokenFault(error, this.#log.running ?? 'wait'));

  /** To be made in the turn of the loop in which the stream came, or bytes are lost. */
  constructor(stream: ByteStream, log: PhaseLog, signal: AbortSignal, bytesMax: number) {
    this.#stream = stream;
    this.#log = log;
    this.#signal = signal;
    this.#bytesMax = bytesMax;
    stream.receive = (bytes) => this.#receive(bytes);
    stream.socket.on('end', this.#onEnd).on('close', this.#onClose).on('error', this.#onError);
    signal.addEventListener('abort', this);
    if (signal.aborted) this.handleEvent();
  }

  /** Nothing is heard from now on; the connection stays as it is. */
  leave(): void {
    this.#stream.receive = () => {};
    const { socket } = this.#stream;
    socket.off('end', this.#onEnd).off('close', this.#onClose).off('error', this.#onError);
    this.#signal.removeEventListener('abort', this);
  }

  /** Aborted. */
  handleEvent(): void {
    this.#fail(abortFault(this.#signal, this.#log.running));
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** How many bytes were taken: a place for `heardSince`. */
  get place(): number {
    return this.#at;
  }

  /** Said and not taken; a copy. */
  unread(): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#at, this.#length));
  }

  /** All that was said since then, taken or not, as UTF-8. */
  heardSince(place: number): string {
    return this.#bytes.toString('utf8', place, this.#length);
  }

  takeLine(): string | undefined {
    const end = this.#bytes.subarray(0, this.#length).indexOf(LF, this.#searched);
    if (end < 0) {
      this.#searched = this.#length;
      return undefined;
    }
    return this.#takeText(end, end + 1);
  }

  /** What is left without an end of its line, once nothing more can come. */
  takeRest(): string | undefined {
    return this.#at === this.#length ? undefined : this.#takeText(this.#length, this.#length);
  }

  /** How many of the wanted bytes are there; undefined when something else is. Takes them once whole. */
  takeBytes(wanted: Buffer): number | undefined {
    const there = this.#bytes.subarray(this.#at, this.#length);
    const count = Math.min(wanted.length, there.length);
    if (there.compare(wanted, 0, count, 0, count) !== 0) return undefined;
    if (count === wanted.length) {
      this.#at += count;
      this.#searched = Math.max(this.#searched, this.#at);
    }
    return count;
  }

  /** Waits until `take` gives something, or as long as more can come. */
  async until<T>(take: () => T | undefined): Promise<Wait<T>> {
    for (;;) {
      const value = take();
      if (value !== undefined) return { kind: 'value', value };
      if (this.#failure !== undefined) return { kind: 'fault', fault: this.#failure };
      if (this.#ended) return { kind: 'closed' };
      if (this.#full) return { kind: 'full' };
      // Also woken by things that this wait is not about.
      const isHearing = this.#log.running === 'wait' || this.#log.running === 'transfer';
      if (!isHearing) this.#log.begin('wait');
      await this.#news();
    }
  }

  /** Resolves when the kernel has it all. A peer that ended its own side may still listen. */
  async send(bytes: Buffer): Promise<Wait<true>> {
    this.#log.begin('write');
    const { socket } = this.#stream;
    let isOut = false;
    socket.write(bytes, (error) => {
      if (error) this.#close(true);
      isOut = true;
      this.#look?.();
    });
    // Nearly always the kernel takes it all at once; the callback comes a turn too late then.
    isOut ||= socket.writableLength === 0 && !socket.destroyed;
    for (;;) {
      if (this.#failure !== undefined) return { kind: 'fault', fault: this.#failure };
      if (this.#gone) return { kind: 'closed' };
      if (isOut) return { kind: 'value', value: true };
      await this.#news();
    }
  }

  /** Ends a wait from outside: its `take` is asked once more. */
  nudge(): void {
    this.#look?.();
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#look = resolve;
    });
  }

  #receive(bytes: Buffer): void {
    if (this.#log.running === 'wait') this.#log.begin('transfer');
    const room = this.#bytesMax - this.#length;
    this.#keep(bytes.subarray(0, room));
    if (bytes.length > room) {
      this.#full = true;
      this.#stream.socket.pause();
    }
    this.#look?.();
  }

  /** Doubled when it is full, so that a drip costs no more than a flood. */
  #keep(bytes: Buffer): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2, FIRST_BYTES));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    bytes.copy(this.#bytes, this.#length);
    this.#length = needed;
  }

  #takeText(end: number, next: number): string {
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = next;
    this.#searched = next;
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }

  #close(isGone: boolean): void {
    this.#ended = true;
    this.#gone ||= isGone;
    this.#look?.();
  }

  #fail(reason: Fault): void {
    this.#failure ??= reason;
    this.#look?.();
  }
}
