// Tokens between runs: asked for once, by whoever needs one first, and kept until shortly before they
// end. An endpoint that fails is left alone for a while that doubles with each failure, and whoever
// asks meanwhile is told of the last one: a thousand checks must never become a storm of questions.

import { type Chance, type Clock, type Fault, jitter } from '@holdfast/kernel';
import type { TokenSpec } from '@holdfast/resources/compiled-check';
import { BoundedCache } from '../bounded-cache.ts';
import type { Outcome } from '../prober.ts';
import type { Token } from './token-answer.ts';

export interface TokenStoreParts {
  clock: Clock;
  chance: Chance;
  /** Never rejects, ends in bounded time, and at once when the signal is aborted. */
  ask(spec: TokenSpec, signal: AbortSignal): Promise<Outcome<Token>>;
}

export interface FoundToken {
  value: string;
  /** It was there already: nobody was asked. */
  kept: boolean;
}

interface Entry {
  token?: { value: string; renewAtMs: number; endsAtMs: number };
  asking?: Promise<Outcome<string>>;
  failures: number;
  /** Of the last failure. */
  fault?: Fault;
  askableAtMs: number;
  rejections: number;
  /** Before this instant a refusal by a target does not drop the token. */
  droppableAtMs: number;
}

/** Tokens in use at once. */
const TOKENS_MAX = 1000;
/** It must not end on its way to the target. */
const MARGIN_MS = 30_000;
/** Of a short lifetime the margin is no more than this share. */
const MARGIN_SHARE = 0.1;
const PAUSE_MS_MIN = 1_000;
const PAUSE_MS_MAX = 60_000;
/** Of a pause: keeps agents apart. */
const PAUSE_JITTER_SHARE = 0.1;

export class TokenStore {
  readonly #parts: TokenStoreParts;
  readonly #entries = new BoundedCache<string, Entry>(TOKENS_MAX);
  readonly #keys = new WeakMap<TokenSpec, string>();
  readonly #closing = new AbortController();

  constructor(parts: TokenStoreParts) {
    this.#parts = parts;
  }

  /** Never rejects. */
  async find(spec: TokenSpec): Promise<Outcome<FoundToken>> {
    const entry = this.#entryOf(spec);
    const nowMs = this.#parts.clock.nowMs();
    const { token } = entry;
    if (token !== undefined && nowMs < token.renewAtMs) return found(token.value, true);
    const stillGood = token !== undefined && nowMs < token.endsAtMs ? token : undefined;
    if (entry.asking === undefined && nowMs < entry.askableAtMs && entry.fault !== undefined) {
      return stillGood === undefined
        ? { ok: false, fault: entry.fault }
        : found(stillGood.value, true);
    }
    entry.asking ??= this.#ask(spec, entry);
    const asked = await entry.asking;
    if (asked.ok) return found(asked.value, false);
    return stillGood === undefined ? asked : found(stillGood.value, true);
  }

  /** A target refused this value: the next run asks anew, though not again and again. */
  reject(spec: TokenSpec, value: string): void {
    const entry = this.#entryOf(spec);
    const nowMs = this.#parts.clock.nowMs();
    if (entry.token?.value !== value || nowMs < entry.droppableAtMs) return;
    if (nowMs > entry.droppableAtMs + PAUSE_MS_MAX) entry.rejections = 0;
    delete entry.token;
    entry.droppableAtMs = nowMs + this.#pauseMs(entry.rejections);
    entry.rejections += 1;
  }

  /** Ends what is being asked. */
  close(): void {
    this.#closing.abort();
  }

  #entryOf(spec: TokenSpec): Entry {
    const key = this.#keys.get(spec) ?? JSON.stringify(spec);
    this.#keys.set(spec, key);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry = { failures: 0, askableAtMs: 0, rejections: 0, droppableAtMs: 0 };
    this.#entries.set(key, entry);
    return entry;
  }

  async #ask(spec: TokenSpec, entry: Entry): Promise<Outcome<string>> {
    const answer = await this.#parts.ask(spec, this.#closing.signal);
    const nowMs = this.#parts.clock.nowMs();
    delete entry.asking;
    if (!answer.ok) {
      entry.fault = answer.fault;
      entry.askableAtMs = nowMs + this.#pauseMs(entry.failures);
      entry.failures += 1;
      return answer;
    }
    const { value, lifetimeMs } = answer.value;
    const marginMs = Math.min(MARGIN_MS, lifetimeMs * MARGIN_SHARE);
    const endsAtMs = nowMs + lifetimeMs;
    entry.token = { value, renewAtMs: endsAtMs - marginMs, endsAtMs };
    entry.failures = 0;
    delete entry.fault;
    return { ok: true, value };
  }

  /** 1 s, 2 s, 4 s … 60 s. */
  #pauseMs(times: number): number {
    const pauseMs = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** times);
    return jitter(this.#parts.chance, pauseMs, pauseMs * PAUSE_JITTER_SHARE);
  }
}

function found(value: string, kept: boolean): { ok: true; value: FoundToken } {
  return { ok: true, value: { value, kept } };
}
