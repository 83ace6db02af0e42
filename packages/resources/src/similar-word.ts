// "Did you mean": the nearest of the words that would have been right.

/** Longer words are not compared: the work grows with the square of the length. */
const WORD_LENGTH_MAX = 64;

/** The nearest candidate, or undefined when none is near: at most a third of the letters may differ. */
export function similarWord(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > WORD_LENGTH_MAX) return undefined;
  const plain = plainLetters(word);
  let best: { word: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(plain, plainLetters(candidate));
    if (
      distance <= Math.max(1, Math.floor(plain.length / 3)) &&
      distance < (best?.distance ?? Infinity)
    ) {
      best = { word: candidate, distance };
    }
  }
  // A word of one or two letters is near to everything.
  return plain.length < 3 && best !== undefined && best.distance > 0 ? undefined : best?.word;
}

/** `max_redirects` and `max-redirects` are `maxRedirects` to people. */
function plainLetters(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** Damerau–Levenshtein distance with adjacent swaps (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
