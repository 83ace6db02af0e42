// One number for the content of a mirror, kept up to date by adding what comes and subtracting what
// goes, whatever the order: the sum of a hash of each item (Bellare and Micciancio, "A new paradigm
// for collision-free hashing", 1997). Equal content gives equal digests in every process; it is no
// proof against somebody who forges revisions.

import { hash } from 'node:crypto';

const BITS = 128;

/** Nothing. */
export const EMPTY_DIGEST = 0n;

/** What one item adds: key and revisions name its value within a cluster. */
export function digestOf(
  cluster: string,
  { key, createRevision, modRevision }: DigestedItem,
): bigint {
  const digits = hash('sha256', `${cluster}\0${key}\0${createRevision}\0${modRevision}`);
  return BigInt(`0x${digits.slice(0, BITS / 4)}`);
}

/** Also for what goes, with a negative `part`. */
export function digestWith(digest: bigint, part: bigint): bigint {
  return BigInt.asUintN(BITS, digest + part);
}

/** 32 hexadecimal digits. */
export function digestText(digest: bigint): string {
  return digest.toString(16).padStart(BITS / 4, '0');
}

interface DigestedItem {
  readonly key: string;
  readonly createRevision: bigint;
  readonly modRevision: bigint;
}
