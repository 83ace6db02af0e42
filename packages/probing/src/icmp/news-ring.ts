// What the receiver has learned, on its way to the main thread: a ring in shared memory, one writer,
// one reader, fixed places. One wake-up message stands for all news that come before it was heard, so
// a burst of replies costs one turn of the loop. When full, news are dropped and counted, never waited for.

import type { EchoNews } from './echo-news.ts';

/** Facts of the packet that brought the news. */
export interface Receipt {
  ttl?: number;
  /** CLOCK_REALTIME at which the kernel received it; absent where it was not told. */
  receivedSeconds?: number;
  receivedNanoseconds?: number;
}

/** Far more than a loop that is blocked for a second leaves unheard at 4,000 replies a second. */
const PLACES = 4096;
const WORDS_PER_PLACE = 16;
/** Words before the first place. */
const CONTROL_WORDS = 4;
const WRITTEN = 0;
const READ = 1;
const WOKEN = 2;
const DROPPED = 3;
const NO_TTL = 0xffffffff;
const HAS_TIME = 1;
const HAS_TOKEN = 2;
const IS_ERROR = 4;
const IS_V6 = 8;

export class NewsRing {
  readonly memory: SharedArrayBuffer;
  readonly #control: Int32Array;
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;

  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer((CONTROL_WORDS + PLACES * WORDS_PER_PLACE) * 4);
    this.#control = new Int32Array(this.memory, 0, CONTROL_WORDS);
    this.#words = new Uint32Array(this.memory, CONTROL_WORDS * 4);
    this.#bytes = new Uint8Array(this.memory, CONTROL_WORDS * 4);
  }

  get dropped(): number {
    return Atomics.load(this.#control, DROPPED);
  }

  /** By the receiver. */
  write(news: EchoNews, receipt: Receipt): void {
    const written = Atomics.load(this.#control, WRITTEN);
    if (((written - Atomics.load(this.#control, READ)) | 0) >= PLACES) {
      Atomics.add(this.#control, DROPPED, 1);
      return;
    }
    const at = (written & (PLACES - 1)) * WORDS_PER_PLACE;
    const words = this.#words;
    words[at] = flagsOf(news, receipt);
    words[at + 1] = news.identifier * 0x10000 + news.sequence;
    words[at + 2] = receipt.ttl ?? NO_TTL;
    words[at + 3] = receipt.receivedSeconds ?? 0;
    words[at + 4] = receipt.receivedNanoseconds ?? 0;
    words[at + 5] = news.type * 256 + news.code;
    words[at + 6] = news.token?.[0] ?? 0;
    words[at + 7] = news.token?.[1] ?? 0;
    this.#bytes.set(news.from, (at + 8) * 4);
    this.#bytes.set(news.destination, (at + 12) * 4);
    Atomics.store(this.#control, WRITTEN, (written + 1) | 0);
  }

  /** By the receiver, after writing: whether the reader must be woken, which it then has been. */
  mustWake(): boolean {
    const hasNews = Atomics.load(this.#control, WRITTEN) !== Atomics.load(this.#control, READ);
    return hasNews && Atomics.exchange(this.#control, WOKEN, 1) === 0;
  }

  /** By the reader, once for each wake-up: hands out all news there are. */
  drain(take: (news: EchoNews, receipt: Receipt) => void): void {
    // Cleared first: what is written from now on wakes anew.
    Atomics.store(this.#control, WOKEN, 0);
    let read = Atomics.load(this.#control, READ);
    while (read !== Atomics.load(this.#control, WRITTEN)) {
      const at = (read & (PLACES - 1)) * WORDS_PER_PLACE;
      const news = this.#newsAt(at);
      const receipt = this.#receiptAt(at);
      read = (read + 1) | 0;
      Atomics.store(this.#control, READ, read);
      take(news, receipt);
    }
  }

  #newsAt(at: number): EchoNews {
    const flags = this.#words[at] ?? 0;
    const version = (flags & IS_V6) === 0 ? 4 : 6;
    const names = this.#words[at + 1] ?? 0;
    const typeAndCode = this.#words[at + 5] ?? 0;
    const news: EchoNews = {
      kind: (flags & IS_ERROR) === 0 ? 'reply' : 'error',
      version,
      identifier: names >>> 16,
      sequence: names & 0xffff,
      from: this.#addressAt(at + 8, version),
      destination: this.#addressAt(at + 12, version),
      type: typeAndCode >> 8,
      code: typeAndCode & 0xff,
    };
    if ((flags & HAS_TOKEN) === 0) return news;
    return { ...news, token: [this.#words[at + 6] ?? 0, this.#words[at + 7] ?? 0] };
  }

  #receiptAt(at: number): Receipt {
    const receipt: Receipt = {};
    const ttl = this.#words[at + 2] ?? NO_TTL;
    if (ttl !== NO_TTL) receipt.ttl = ttl;
    if (((this.#words[at] ?? 0) & HAS_TIME) === 0) return receipt;
    receipt.receivedSeconds = this.#words[at + 3] ?? 0;
    receipt.receivedNanoseconds = this.#words[at + 4] ?? 0;
    return receipt;
  }

  #addressAt(word: number, version: 4 | 6): Uint8Array {
    return this.#bytes.slice(word * 4, word * 4 + (version === 4 ? 4 : 16));
  }
}

function flagsOf(news: EchoNews, { receivedSeconds }: Receipt): number {
  return (
    (receivedSeconds === undefined ? 0 : HAS_TIME) |
    (news.token === undefined ? 0 : HAS_TOKEN) |
    (news.kind === 'error' ? IS_ERROR : 0) |
    (news.version === 6 ? IS_V6 : 0)
  );
}
