// Who a resource is. Checks belong to a namespace; every other kind holds for all namespaces, so its
// name alone tells it apart, whatever namespace stands in it.

import type { ResourceKind } from './file/file-schema.ts';

/** Where nothing else is said; kinds that hold for all namespaces stand there, too. */
export const DEFAULT_NAMESPACE = 'default';

export const RESOURCE_KINDS = [
  'Check',
  'AlertRule',
  'Channel',
  'Token',
  'Pool',
  'FaultTable',
  'Namespace',
  'Settings',
] as const satisfies readonly ResourceKind[];

/** Kinds whose resources belong to one namespace; whoever may write only there may write only these. */
const OF_A_NAMESPACE: ReadonlySet<string> = new Set(['Check']);

export interface ResourceIdentity {
  kind: string;
  /** `default` for kinds that hold for all namespaces. */
  namespace: string;
  name: string;
}

export function isOfNamespace(kind: string): boolean {
  return OF_A_NAMESPACE.has(kind);
}

/** Of anything that may be a resource; undefined where kind or name are no texts. */
export function resourceIdentity(resource: unknown): ResourceIdentity | undefined {
  const { kind, metadata } = (resource ?? {}) as { kind?: unknown; metadata?: unknown };
  const { name, namespace } = (metadata ?? {}) as { name?: unknown; namespace?: unknown };
  if (typeof kind !== 'string' || typeof name !== 'string') return undefined;
  const own = isOfNamespace(kind) && typeof namespace === 'string';
  return { kind, namespace: own ? namespace : DEFAULT_NAMESPACE, name };
}

/** `Check default/checkout`, `Channel chat`: for people. */
export function resourceName(resource: unknown): string {
  const identity = resourceIdentity(resource);
  if (identity === undefined) return 'a resource without kind or name';
  const { kind, namespace, name } = identity;
  return isOfNamespace(kind) ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;
}
