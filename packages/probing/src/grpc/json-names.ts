// Descriptors need not say how their fields are named in JSON: protoc writes the names down, the
// reflection of some servers (C++ among them) leaves them out. The library takes what is there, so
// the names are put in before it sees them.

import type { DescriptorProto, FileDescriptorProto } from '@bufbuild/protobuf/wkt';

/** Changes the file: fields without a JSON name get the one that protoc would give them. */
export function nameForJson(file: FileDescriptorProto): void {
  const messages: DescriptorProto[] = [...file.messageType];
  const fields = [...file.extension];
  for (let message = messages.pop(); message !== undefined; message = messages.pop()) {
    messages.push(...message.nestedType);
    fields.push(...message.field, ...message.extension);
  }
  for (const field of fields) field.jsonName ||= jsonName(field.name);
}

/** `in_stock` → `inStock` */
function jsonName(name: string): string {
  return name.replace(/_+([a-z]?)/g, (_, letter: string) => letter.toUpperCase());
}
