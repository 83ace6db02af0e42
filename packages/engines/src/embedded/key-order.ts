// The order of keys: that of their UTF-8 bytes, which is that of code points. JavaScript compares
// UTF-16 code units, which puts what lies beyond U+FFFF before U+E000, so it cannot be left to `<`.

/** Negative when `a` stands before `b`. Both must be well-formed. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const [unitA, unitB] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (unitA !== unitB) return rank(unitA) - rank(unitB);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
