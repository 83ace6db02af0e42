// Hides secrets in what of a result could hold text from outside. Only plain data goes through here:
// objects, arrays, texts and numbers, without cycles. Keys are ours and stay, or a secret `status`
// would rename a field.

/** The same value with every text in it redacted; what holds none is handed back as it is. */
export function redactAll<T>(value: T, redact: (text: string) => string): T {
  return redacted(value, redact) as T;
}

function redacted(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((element) => redacted(element, redact));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [key, redacted(member, redact)]);
  return Object.fromEntries(members);
}
