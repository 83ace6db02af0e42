// Chance laid over waits, so that many who failed together do not come back together.

import type { Chance } from './chance.ts';

/** Uniform in [0, capMs): "full jitter" of Brooker, "Exponential Backoff And Jitter" (2015). */
export function fullJitter(chance: Chance, capMs: number): number {
  return chance.next() * Math.max(0, capMs);
}

/** Uniform in [baseMs - plusMinusMs, baseMs + plusMinusMs), never below zero. */
export function jitter(chance: Chance, baseMs: number, plusMinusMs: number): number {
  return Math.max(0, baseMs + (chance.next() * 2 - 1) * plusMinusMs);
}
