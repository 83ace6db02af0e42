// JSON values as YAML to read and paste back. Covers what JSON covers; a text is quoted whenever a
// reader could take it for something else. Never used to parse.

type Json = null | boolean | number | string | readonly unknown[] | object;

/** Deeper nesting than any resource has; guards against a cyclic value. */
const DEPTH_MAX = 30;

export function yamlText(value: unknown): string {
  return `${block(value as Json, 0).replace(/^\n/, '')}\n`;
}

function block(value: unknown, depth: number): string {
  if (depth > DEPTH_MAX) return ' …';
  if (Array.isArray(value))
    return value.length === 0 ? ' []' : value.map((item) => listItem(item, depth)).join('');
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    if (entries.length === 0) return ' {}';
    return entries
      .map(([key, item]) => `\n${indent(depth)}${scalar(key)}:${block(item, depth + 1)}`)
      .join('');
  }
  if (typeof value === 'string' && value.includes('\n')) return literal(value, depth);
  return ` ${scalar(value)}`;
}

function listItem(item: unknown, depth: number): string {
  const inner = block(item, depth + 1);
  const folded = inner.startsWith('\n') ? ` ${inner.trimStart()}` : inner;
  return `\n${indent(depth)}-${folded}`;
}

/** Keeps line breaks; a text that ends otherwise than with one break, or starts with a blank, is quoted instead. */
function literal(text: string, depth: number): string {
  const plain =
    /^\S/.test(text) && /[^\n]\n$/.test(text) && !/[^\n\x20-\x7e\u00a0-\ud7ff]/.test(text);
  if (!plain) return ` ${JSON.stringify(text)}`;
  const lines = text.slice(0, -1).split('\n');
  return ` |${lines.map((line) => (line === '' ? '\n' : `\n${indent(depth)}${line}`)).join('')}`;
}

function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null';
  return isPlain(value) ? value : JSON.stringify(value);
}

function isPlain(text: string): boolean {
  if (/^\d+(ms|s|m|h|d)$/.test(text)) return true;
  if (!/^[A-Za-z_/<$][\w ./<>${}@%+=~:-]*$/.test(text)) return false;
  if (text.endsWith(' ') || text.endsWith(':') || text.includes(': ')) return false;
  return !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text);
}

function indent(depth: number): string {
  return '  '.repeat(depth);
}
