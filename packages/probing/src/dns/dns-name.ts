// Domain names as they lie in a message, read into the text that zone files use: a dot behind every
// label, and an escape for every byte that is no plain character (RFC 1035 section 5.1). Pointers may
// only lead backwards, out of the header never, and not often, so reading always ends soon; a name
// that breaks a limit of RFC 1035 is no name.

export interface NameAt {
  text: string;
  /** The first byte behind the name where it was begun. */
  end: number;
}

export const HEADER_BYTES = 12;
/** With the lengths of the labels and the root (RFC 1035 section 2.3.4). */
const NAME_BYTES_MAX = 255;
export const LABEL_BYTES_MAX = 63;
/** Compressors need one, rarely two; without a limit 64 KiB can hold millions of steps. */
const POINTERS_MAX = 32;
/** A dot would look like the end of the label. Names without these two are written as people do. */
const ESCAPED = '.\\';

/** undefined when there is no whole, sound name at that place. */
export function readName(bytes: Uint8Array, at: number): NameAt | undefined {
  let text = '';
  let nameBytes = 1;
  let pointers = 0;
  let end: number | undefined;
  let runStart = at;
  let cursor = at;
  for (;;) {
    const length = bytes[cursor];
    if (length === undefined) return undefined;
    if (length === 0) return { text: text === '' ? '.' : text, end: end ?? cursor + 1 };
    if (length > LABEL_BYTES_MAX) {
      const target = pointerAt(bytes, cursor);
      pointers += 1;
      if (target === undefined || target >= runStart || pointers > POINTERS_MAX) return undefined;
      end ??= cursor + 2;
      runStart = target;
      cursor = target;
      continue;
    }
    nameBytes += length + 1;
    const next = cursor + 1 + length;
    if (nameBytes > NAME_BYTES_MAX || next > bytes.length) return undefined;
    text += `${labelText(bytes, cursor + 1, next)}.`;
    cursor = next;
  }
}

/** A byte as zone files write it: itself when it is a plain character and not in `special`. */
export function byteText(byte: number, special: string): string {
  if (byte <= 0x20 || byte >= 0x7f) return `\\${String(byte).padStart(3, '0')}`;
  const character = String.fromCharCode(byte);
  return special.includes(character) ? `\\${character}` : character;
}

/** Where the pointer leads; undefined for the two kinds of label that are not in use. */
function pointerAt(bytes: Uint8Array, at: number): number | undefined {
  const [high = 0, low] = [bytes[at], bytes[at + 1]];
  if (high < 0xc0 || low === undefined) return undefined;
  const target = ((high & 0x3f) << 8) | low;
  return target < HEADER_BYTES ? undefined : target;
}

function labelText(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += 1) text += byteText(bytes[at] ?? 0, ESCAPED);
  return text;
}
