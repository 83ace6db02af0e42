// Places in JSON documents as people write them: `$.items[0].name`.

const PLAIN_NAME = /^[A-Za-z_]\w*$/;

export function memberPath(path: string, key: string): string {
  return PLAIN_NAME.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

/** Of a JSON Pointer (RFC 6901) into the document. */
export function pointerPath(document: unknown, pointer: string): string {
  let path = '$';
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path = Array.isArray(value) ? `${path}[${key}]` : memberPath(path, key);
    value = (value as Record<string, unknown> | null | undefined)?.[key];
  }
  return path;
}
