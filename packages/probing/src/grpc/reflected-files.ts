// The files that reflection has brought so far, and those that are still to be asked for: each file
// names what it imports. Bounded, because a server could name imports for ever.

import { fromBinary } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { type Fault, fault } from '@holdfast/kernel';

export const FILES_MAX = 100;
export const FILES_BYTES_MAX = 4 * 1024 * 1024;

export class ReflectedFiles {
  /** Of the descriptors as they came. */
  bytes = 0;
  readonly #files = new Map<string, FileDescriptorProto>();
  readonly #asked = new Set<string>();

  get files(): FileDescriptorProto[] {
    return [...this.#files.values()];
  }

  /** Takes encoded files; a fault when they cannot be used. */
  add(encoded: readonly Uint8Array[]): Fault | undefined {
    for (const bytes of encoded) {
      this.bytes += bytes.length;
      if (this.bytes > FILES_BYTES_MAX) return tooMuch(`${FILES_BYTES_MAX} bytes`);
      try {
        const file = fromBinary(FileDescriptorProtoSchema, bytes);
        this.#files.set(file.name, file);
      } catch (error) {
        const text = `Reflection gave a broken descriptor: ${(error as Error).message}.`;
        return fault('PROTOCOL_INVALID_ANSWER', text);
      }
      if (this.#files.size > FILES_MAX) return tooMuch(`${FILES_MAX} files`);
    }
    return undefined;
  }

  /** Imports that nobody has asked for yet; from now on they count as asked. */
  takeMissing(): string[] {
    const missing = new Set<string>();
    for (const file of this.#files.values()) {
      for (const name of file.dependency) {
        if (!this.#files.has(name) && !this.#asked.has(name)) missing.add(name);
      }
    }
    for (const name of missing) this.#asked.add(name);
    return [...missing];
  }
}

function tooMuch(limit: string): Fault {
  const text = `Reflection gave more than ${limit} for one method.`;
  return fault('PROTOCOL_LIMIT_EXCEEDED', text, undefined, 'Give `descriptorSet` with the check.');
}
