// Chance that is a function of a text: the same run always has the same result, so any range of the
// past can be answered without storing anything.

/** 0…1, evenly spread, equal for equal texts (FNV-1a, then a finishing mix). */
export function chanceOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** One of the list. */
export function choose<T>(list: readonly T[], text: string): T {
  const chosen = list[Math.floor(chanceOf(text) * list.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}
