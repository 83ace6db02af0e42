// Copies what a plugin hands over into plain data: objects, lists, texts, finite numbers, booleans and
// null, bounded in depth and size. Nothing of the plugin's own objects goes on living in a result.

const DEPTH_MAX = 8;
const VALUES_MAX = 2000;
const CHARACTERS_MAX = 64 * 1024;

/** Throws an Error that says what is not plain, and where. */
export function plainCopy(value: unknown, name: string): unknown {
  return new PlainCopier().copy(value, name, 0);
}

class PlainCopier {
  #values = 0;
  #characters = 0;

  copy(value: unknown, path: string, depth: number): unknown {
    this.#values += 1;
    if (this.#values > VALUES_MAX) throw new Error(`${path}: there are over ${VALUES_MAX} values`);
    if (depth > DEPTH_MAX) throw new Error(`${path}: it is nested over ${DEPTH_MAX} deep`);
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') return this.#text(value, path);
    if (typeof value === 'number') return finite(value, path);
    if (Array.isArray(value)) {
      return value.map((element, at) => this.copy(element, `${path}[${at}]`, depth + 1));
    }
    if (isPlainObject(value)) return this.#object(value, path, depth);
    throw new Error(
      `${path} is ${typeof value === 'object' ? 'no plain object' : `a ${typeof value}`}`,
    );
  }

  #object(value: Record<string, unknown>, path: string, depth: number): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue;
      this.#text(key, path);
      // A plain assignment to `__proto__` would change what the copy is.
      Object.defineProperty(copy, key, {
        value: this.copy(member, `${path}.${key}`, depth + 1),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return copy;
  }

  #text(text: string, path: string): string {
    this.#characters += text.length;
    if (this.#characters > CHARACTERS_MAX) {
      throw new Error(`${path}: the texts have over ${CHARACTERS_MAX} characters`);
    }
    return text;
  }
}

function finite(value: number, path: string): number {
  if (!Number.isFinite(value)) throw new Error(`${path} is ${value}`);
  return value;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
