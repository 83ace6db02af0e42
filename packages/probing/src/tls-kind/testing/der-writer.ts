// Writes DER for tests, so that answers can be made right and wrong in every part.

/** A value of the tag whose content is the parts, one after the other. */
export function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

export function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts);
}

export function explicit(number: number, ...parts: Buffer[]): Buffer {
  return der(0xa0 | number, ...parts);
}

export function octets(bytes: Buffer): Buffer {
  return der(0x04, bytes);
}

export function bits(bytes: Buffer): Buffer {
  return der(0x03, Buffer.from([0]), bytes);
}

/** `1.3.6.1` */
export function objectIdentifier(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

export function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(text, 'latin1'));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}
