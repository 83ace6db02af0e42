// What an apply comes to, worked out before anything is written: pure. A resource of another owner is
// never taken over, and one that says what is there already is not written.

import { HoldfastError } from '@holdfast/kernel';
import type { Resource } from '@holdfast/resources/load';
import type { ResourceOutcome } from '@holdfast/resources/resource-api';
import {
  isOfNamespace,
  type ResourceIdentity,
  resourceIdentity,
  resourceName,
} from '@holdfast/resources/resource-name';
import { differingPaths } from './difference.ts';
import { encoded, keyOf, type StoredResource, shownIdentity } from './stored-resource.ts';

export interface PlannedWrite {
  key: string;
  /** Absent: deleted. */
  value?: Uint8Array;
  /** 0: the key is absent. */
  expected: bigint;
}

export interface ApplyPlan {
  outcomes: Map<string, ResourceOutcome>;
  /** In an order in which what is named is there before what names it. */
  writes: PlannedWrite[];
  /** What stays beside what is applied. */
  untouched: Resource[];
}

export interface ApplyIntent {
  owner?: string;
  prune?: boolean;
  by: string;
  nowMs: number;
  /** May touch resources of this namespace alone. */
  within?: string;
}

/** As people name it. */
export type NamedResource = Omit<ResourceIdentity, 'namespace'> & { namespace?: string };

type Stored = ReadonlyMap<string, StoredResource>;

/** What is named by others first; deletes go the other way. */
const KIND_ORDER = ['Settings', 'Namespace', 'Token', 'Pool', 'Channel', 'FaultTable', 'Check'];

/** For resources with kind and name. Throws HoldfastError CONFIG_INVALID, CONFLICT or FORBIDDEN. */
export function planApply(
  stored: Stored,
  resources: readonly unknown[],
  intent: ApplyIntent,
): ApplyPlan {
  const plan: ApplyPlan = { outcomes: new Map(), writes: [], untouched: [] };
  const puts: (PlannedWrite & { kind: string })[] = [];
  for (const [index, given] of resources.entries()) {
    const identity = resourceIdentity(given) ?? refuseNameless(index, resources.length);
    const key = keyOf(identity);
    mustReach(identity, intent.within);
    if (plan.outcomes.has(key)) throw givenTwice(given);
    const before = stored.get(key);
    mustBelong(before?.resource, intent.owner);
    const next = nextForm(given as Resource, before?.resource, intent);
    const fields = before?.resource === undefined ? [] : changedFields(before.resource, next);
    const change =
      before?.resource === undefined ? 'created' : fields.length > 0 ? 'changed' : 'unchanged';
    plan.outcomes.set(key, { ...shownIdentity(identity), change, fields });
    if (change !== 'unchanged')
      puts.push({
        key,
        value: encoded(next),
        expected: before?.modRevision ?? 0n,
        kind: identity.kind,
      });
  }
  const gone = intent.prune === true ? prunable(stored, plan.outcomes, intent) : [];
  return finished(plan, stored, puts, gone);
}

/** Throws HoldfastError NOT_FOUND for one that is not there, FORBIDDEN for one that is out of reach. */
export function planDelete(
  stored: Stored,
  named: readonly NamedResource[],
  within: string | undefined,
): ApplyPlan {
  const gone = named.map(({ kind, namespace, name }) => {
    const resource = { kind, metadata: { name, namespace } };
    const identity = resourceIdentity(resource) ?? refuseNameless(0, 1);
    mustReach(identity, within);
    const found = stored.get(keyOf(identity));
    if (found !== undefined) return found;
    const cure = '`holdfast get` lists what is.';
    throw new HoldfastError('NOT_FOUND', `there is no ${resourceName(resource)}`, cure);
  });
  return finished({ outcomes: new Map(), writes: [], untouched: [] }, stored, [], gone);
}

function finished(
  plan: ApplyPlan,
  stored: Stored,
  puts: readonly (PlannedWrite & { kind: string })[],
  gone: readonly StoredResource[],
): ApplyPlan {
  for (const { key } of gone) {
    plan.outcomes.set(key, { ...shownIdentity(identityOfKey(key)), change: 'deleted', fields: [] });
  }
  const byRank = (a: { key: string }, b: { key: string }) => rankOf(a.key) - rankOf(b.key);
  const ordered = puts.toSorted(byRank).map(({ kind: _, ...write }) => write);
  const deletes = [...new Set(gone)]
    .toSorted((a, b) => byRank(b, a))
    .map(({ key, modRevision }) => ({ key, expected: modRevision }));
  plan.writes.push(...ordered, ...deletes);
  for (const { key, resource } of stored.values())
    if (resource !== undefined && !plan.outcomes.has(key)) plan.untouched.push(resource);
  return plan;
}

function rankOf(key: string): number {
  const rank = KIND_ORDER.indexOf(identityOfKey(key).kind);
  return rank < 0 ? KIND_ORDER.length : rank;
}

function identityOfKey(key: string): ResourceIdentity {
  const [kind = '', namespace = '', name = ''] = key.split('/').slice(-3);
  return { kind, namespace, name };
}

function refuseNameless(index: number, count: number): never {
  const what = `resource ${index + 1} of ${count} has no kind or no name`;
  throw new HoldfastError(
    'CONFIG_INVALID',
    what,
    'Write apiVersion, kind, metadata.name and spec.',
  );
}

/** With what the store keeps of it; fields that no kind has are told by the passes over all. */
function nextForm(
  { apiVersion, kind, metadata, spec }: Resource,
  before: Resource | undefined,
  { owner, by, nowMs }: ApplyIntent,
): Resource {
  const { name, namespace = 'default', labels } = metadata;
  const kept = owner ?? before?.metadata.owner;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(isOfNamespace(kind) ? { namespace } : {}),
      ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }),
      generation: (before?.metadata.generation ?? 0) + 1,
      updatedAtMs: nowMs,
      updatedBy: by,
      ...(kept === undefined ? {} : { owner: kept }),
    },
    spec,
  } as Resource;
}

function changedFields(before: Resource, next: Resource): string[] {
  const said = ({ apiVersion, metadata: { labels, owner }, spec }: Resource) => ({
    apiVersion,
    metadata: { labels, owner },
    spec,
  });
  return differingPaths(said(before), said(next));
}

function prunable(
  stored: Stored,
  applied: ReadonlyMap<string, unknown>,
  { owner, within }: ApplyIntent,
): StoredResource[] {
  return [...stored.values()].filter(({ key, resource }) => {
    if (resource === undefined || resource.metadata.owner !== owner || applied.has(key))
      return false;
    return within === undefined || mayReach(identityOfKey(key), within);
  });
}

export function mayReach({ kind, namespace }: ResourceIdentity, within: string): boolean {
  return isOfNamespace(kind) && namespace === within;
}

function mustReach(identity: ResourceIdentity, within: string | undefined): void {
  if (within === undefined || mayReach(identity, within)) return;
  const { kind, namespace, name } = identity;
  const what = resourceName({ kind, metadata: { name, namespace } });
  throw new HoldfastError(
    'FORBIDDEN',
    `the token is of namespace ${within}, and ${what} is not`,
    isOfNamespace(kind)
      ? `Write namespace: ${within}, or use a token of ${namespace}.`
      : `A ${kind} holds for all namespaces: let an operator apply it.`,
  );
}

function mustBelong(before: Resource | undefined, owner: string | undefined): void {
  const theirs = before?.metadata.owner;
  if (owner === undefined || theirs === undefined || theirs === owner) return;
  throw new HoldfastError(
    'CONFLICT',
    `${resourceName(before)} is applied by ${theirs}, and would be taken over by ${owner}`,
    `Remove it from one of the two, or delete it first.`,
  );
}

function givenTwice(resource: unknown): HoldfastError {
  const cure = 'Keep one of the two.';
  return new HoldfastError('CONFIG_INVALID', `${resourceName(resource)} is given twice`, cure);
}
