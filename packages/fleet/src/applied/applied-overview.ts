// Are the resources live everywhere? Only nodes that hold a lease are asked; one that has told
// nothing yet counts as not there, so that the answer never sounds better than it is.

import type { AppliedOverview } from '@holdfast/resources/api';
import type { AppliedRecord } from '@holdfast/resources/fleet';

/** `store`: what is in force where it was written; `live`: ids of the servers and agents of now. */
export function appliedOverview(
  store: { revision: string; digest: string },
  live: readonly string[],
  records: readonly AppliedRecord[],
): AppliedOverview {
  const ids = new Set(live);
  for (const { node, role } of records) if (role === 'gateway') ids.add(node);
  const nodes = records.filter(({ node }) => ids.has(node));
  const lags = nodes.flatMap(({ lagMsP99 }) => (lagMsP99 === undefined ? [] : [lagMsP99]));
  return {
    ...store,
    nodes: nodes.toSorted((a, b) => (a.node < b.node ? -1 : Number(a.node > b.node))),
    live: nodes.filter(({ digest }) => digest === store.digest).length,
    total: ids.size,
    // Of the worst node: p99 of several cannot be averaged, and whoever asks means all of them.
    ...(lags.length > 0 && { lagMsP99: Math.max(...lags) }),
  };
}
