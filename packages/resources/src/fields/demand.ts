// What a field asks for, as one text that a schema can carry: what must be, then what to write. The
// schema pass takes it apart again, so that message and cure stand in a Problem of their own.

const SEPARATOR = ' — ';

/** `message` continues the field's name ("must be …"); `hint` is a clause ("write …"). */
export function demand(message: string, hint: string): string {
  return `${message}${SEPARATOR}${hint}`;
}

export function readDemand(text: string): { message: string; hint?: string } {
  const at = text.lastIndexOf(SEPARATOR);
  if (at < 0) return { message: text };
  return { message: text.slice(0, at), hint: text.slice(at + SEPARATOR.length) };
}

/** Whether a schema's message is one of ours, not the schema library's own. */
export function isDemand(text: string): boolean {
  return text.includes(SEPARATOR);
}
