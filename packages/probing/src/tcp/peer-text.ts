// What a peer said, made fit to be shown: no control characters, no text that turns its reading
// direction, and never long. What cannot be printed is written as `\x1b`.

/** Controls but line feed and tab, marks that turn the direction, what was no UTF-8. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const UNPRINTABLE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]/g;

/** Printable, at most so many characters; cut ones end with an ellipsis. */
export function printable(text: string, lengthMax: number): string {
  // Of more than that nothing can be left within the bound.
  const begun = text.slice(0, lengthMax + 1).replaceAll('\r\n', '\n');
  const shown = begun.replace(UNPRINTABLE, escapeOf).replace(/\n$/, '');
  if (shown.length <= lengthMax && text.length <= lengthMax) return shown.toWellFormed();
  return `${shown.slice(0, lengthMax - 1).toWellFormed()}…`;
}

/** `00 1f ff`, at most so many bytes. */
export function hexOf(bytes: Buffer, bytesMax: number): string {
  const pairs = bytes.subarray(0, bytesMax).toString('hex').match(/../g) ?? [];
  return pairs.join(' ') + (bytes.length > bytesMax ? ' …' : '');
}

function escapeOf(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\ufffd') return '·';
  return code > 0xff
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\x${code.toString(16).padStart(2, '0')}`;
}
