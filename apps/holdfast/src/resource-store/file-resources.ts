// The resources of a server that stands alone: told like those of a store, and changed in its file only.

import { HoldfastError } from '@holdfast/kernel';
import type { Configuration, Resource } from '@holdfast/resources/load';
import type { ShownResource } from '@holdfast/resources/resource-api';
import { resourceIdentity } from '@holdfast/resources/resource-name';
import { mayReach } from './apply-plan.ts';
import type { ResourceStore } from './resource-store.ts';

/** What the HTTP face needs of resources, wherever they live. */
export type Resources = Pick<ResourceStore, 'get' | 'apply' | 'delete'>;

/** `file`: for people; absent: the demo. */
export function fileResources(
  configuration: () => Configuration,
  file: string | undefined,
): Resources {
  const refuse = () => Promise.reject(readFromFile(file));
  return {
    get: async ({ kind, namespace, name, within }) => {
      const found = configuration().resources.filter((resource: Resource) => {
        const identity = resourceIdentity(resource);
        if (identity === undefined) return false;
        if (within !== undefined && !mayReach(identity, within)) return false;
        if (namespace !== undefined && !mayReach(identity, namespace)) return false;
        return (
          (kind === undefined || identity.kind === kind) &&
          (name === undefined || identity.name === name)
        );
      });
      return { revision: '0', resources: found as ShownResource[] };
    },
    apply: refuse,
    delete: refuse,
  };
}

function readFromFile(file: string | undefined): HoldfastError {
  const where = file === undefined ? 'shows the demo' : `reads its resources from ${file}`;
  const cure =
    file === undefined
      ? 'Start it with --file, or run `holdfast server`.'
      : 'Change the file, which is taken up within a second; or run `holdfast server`.';
  return new HoldfastError('CONFLICT', `this server ${where}`, cure);
}
