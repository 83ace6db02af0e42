// Ranks what the palette offers by what was typed: every word must occur, whole beginnings beat
// beginnings of words beat letters inside; ties keep their order. Pure and linear.

export interface Offer {
  /** What is searched and shown. */
  text: string;
  /** Searched too, shown small. */
  hint: string;
}

/** More than a list that is read at a glance. */
const OFFERS_MAX = 40;

export function searchOffers<T extends Offer>(offers: readonly T[], query: string): T[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return offers.slice(0, OFFERS_MAX);
  const ranked: { offer: T; score: number; place: number }[] = [];
  offers.forEach((offer, place) => {
    const score = scoreOffer(offer, words);
    if (score > 0) ranked.push({ offer, score, place });
  });
  ranked.sort((a, b) => b.score - a.score || a.place - b.place);
  return ranked.slice(0, OFFERS_MAX).map((item) => item.offer);
}

function scoreOffer(offer: Offer, words: readonly string[]): number {
  const text = offer.text.toLowerCase();
  const hint = offer.hint.toLowerCase();
  let sum = 0;
  for (const word of words) {
    const score = Math.max(scoreWord(text, word) * 2, scoreWord(hint, word));
    if (score === 0) return 0;
    sum += score;
  }
  return sum;
}

function scoreWord(text: string, word: string): number {
  const at = text.indexOf(word);
  if (at === 0) return text.length === word.length ? 8 : 6;
  if (at > 0) return /[^a-z0-9]/.test(text.charAt(at - 1)) ? 4 : 2;
  return 0;
}
