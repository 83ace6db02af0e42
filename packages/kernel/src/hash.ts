// A small stable hash for spreading and choosing, never for secrets. Its values decide at which
// moment a check runs and where a key lands, so it must never change.

import { mix32 } from './mix32.ts';

/**
 * Unsigned 32 bits over the text's UTF-16 code units: FNV-1a (Fowler, Noll, Vo), mixed once more
 * because FNV alone leaves the high bits of short texts alike.
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return mix32(hash);
}

/**
 * A whole number of milliseconds in [0, intervalMs), always the same for a key: what repeats starts
 * there, so that many checks of one interval do not run in the same moment.
 */
export function spreadMs(key: string, intervalMs: number): number {
  return Math.floor((hash32(key) / 2 ** 32) * intervalMs);
}
