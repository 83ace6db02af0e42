// Names in the form in which DNSSEC signs and sorts them (RFC 4034 section 6): in lower case, as bytes,
// ordered label by label from the root. Everywhere else here a name is its text in lower case with the
// dot at its end, as readName writes it.

/** Of labels without their lengths; none for the root. */
export function labelsOf(name: string): string[] {
  return name.match(/(?:\\\d\d\d|\\.|[^.\\])+/g) ?? [];
}

export function nameOf(labels: readonly string[]): string {
  return labels.length === 0 ? '.' : `${labels.join('.')}.`;
}

/** The name without its first `count` labels. */
export function ancestor(name: string, count = 1): string {
  return nameOf(labelsOf(name).slice(count));
}

export function isWithin(name: string, zone: string): boolean {
  const [labels, suffix] = [labelsOf(name), labelsOf(zone)];
  const offset = labels.length - suffix.length;
  return offset >= 0 && suffix.every((label, at) => label === labels[offset + at]);
}

/** Uncompressed. */
export function nameBytes(name: string): Buffer {
  const pieces = labelsOf(name).map((label) => {
    const bytes = labelBytes(label);
    return Buffer.concat([Buffer.of(bytes.length), bytes]);
  });
  return Buffer.concat([...pieces, Buffer.of(0)]);
}

/** Negative when `left` stands before `right` (RFC 4034 section 6.1). */
export function compareNames(left: string, right: string): number {
  const [a, b] = [labelsOf(left).reverse(), labelsOf(right).reverse()];
  for (const [at, label] of a.entries()) {
    const other = b[at];
    if (other === undefined) return 1;
    const order = Buffer.compare(labelBytes(label), labelBytes(other));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function labelBytes(label: string): Buffer {
  const plain = label.replaceAll(/\\(\d\d\d)|\\(.)/g, (_, code?: string, character?: string) =>
    code === undefined ? (character ?? '') : String.fromCharCode(Number(code)),
  );
  return Buffer.from(plain, 'latin1');
}
