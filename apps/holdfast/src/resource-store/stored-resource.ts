// A resource as it stands under its key: JSON, with what the store keeps of it in its metadata. What
// stands there may be anybody's, so reading it is told apart from taking it for sound.

import { type Entry, VALUE_BYTES_MAX } from '@holdfast/engines/coordination';
import { KEYS } from '@holdfast/engines/keys';
import { HoldfastError } from '@holdfast/kernel';
import type { Resource } from '@holdfast/resources/load';
import {
  isOfNamespace,
  type ResourceIdentity,
  resourceIdentity,
  resourceName,
} from '@holdfast/resources/resource-name';

export interface StoredResource {
  key: string;
  modRevision: bigint;
  /** Undefined: what stands there is no resource, or another one than its key says. */
  resource: Resource | undefined;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

export function keyOf({ kind, namespace, name }: ResourceIdentity): string {
  return KEYS.resource(kind, namespace, name);
}

/** Its shape alone is proven: kind and name are those of the key, `metadata` and `spec` are mappings. */
export function storedResource({ key, value, modRevision }: Entry): StoredResource {
  try {
    return { key, modRevision, resource: Object.freeze(parsed(key, value)) };
  } catch {
    return { key, modRevision, resource: undefined };
  }
}

/** Throws an Error that says in a sentence what stands there instead. */
export function parsed(key: string, value: Uint8Array): Resource {
  let resource: unknown;
  try {
    resource = JSON.parse(decoder.decode(value));
  } catch {
    throw new Error('What stands there is no JSON.');
  }
  const identity = resourceIdentity(resource);
  if (identity === undefined || !isMapping((resource as { spec?: unknown }).spec))
    throw new Error('What stands there is no resource: kind, metadata.name or spec is missing.');
  if (keyOf(identity) !== key)
    throw new Error(`What stands there is ${resourceName(resource)}, which belongs elsewhere.`);
  return resource as Resource;
}

/** Throws HoldfastError CONFIG_INVALID when it is larger than a value may be. */
export function encoded(resource: Resource): Uint8Array {
  const value = new TextEncoder().encode(JSON.stringify(resource));
  if (value.length <= VALUE_BYTES_MAX) return value;
  throw new HoldfastError(
    'CONFIG_INVALID',
    `${resourceName(resource)} is ${value.length} bytes as JSON, and ${VALUE_BYTES_MAX} is the most that is stored`,
    'Shorten it; descriptor sets, certificates and schemas that it names stand in it whole.',
  );
}

/** As answers name it. */
export function shownIdentity({ kind, namespace, name }: ResourceIdentity) {
  return isOfNamespace(kind) ? { kind, namespace, name } : { kind, name };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
