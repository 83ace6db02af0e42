// The descriptor set of a grpc check: base64 as written, or the bytes of the file it names. Its frame
// is proven here (a FileDescriptorSet is nothing but files, one after the other); the prober reads them.

export type SetReading =
  | { ok: true; base64: string }
  | { ok: false; message: string; hint: string };

/** The descriptors of all of Google's public interfaces are half of this. */
const SET_BYTES_MAX = 16 * 1024 * 1024;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const HINT = 'write it with protoc --include_imports --descriptor_set_out=orders.binpb';
/** Field 1 of FileDescriptorSet, with a length. */
const FILE_TAG = 0x0a;

/** `readBase64` gives the bytes of a file in base64; it may throw. */
export function readDescriptorSet(written: string, readBase64: () => string): SetReading {
  if (isSet(written)) return { ok: true, base64: written };
  const base64 = readBase64();
  if (base64.length > (SET_BYTES_MAX / 3) * 4)
    return { ok: false, message: 'is larger than 16 MiB', hint: 'name the files needed alone' };
  return isSet(base64)
    ? { ok: true, base64 }
    : { ok: false, message: 'holds no descriptor set', hint: HINT };
}

function isSet(base64: string): boolean {
  if (base64.length % 4 !== 0 || !BASE64.test(base64)) return false;
  const bytes = Buffer.from(base64, 'base64');
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] !== FILE_TAG) return false;
    let length = 0;
    let byte = 0x80;
    for (let shift = 0; byte >= 0x80; shift += 7) {
      at += 1;
      byte = bytes[at] ?? 0xff;
      if (shift > 28 || at >= bytes.length) return false;
      length += (byte & 0x7f) * 2 ** shift;
    }
    at += 1 + length;
  }
  return at === bytes.length && at > 0;
}
