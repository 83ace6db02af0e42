// Where a check is measured and at how many of those places it must be bad to be bad: the fields,
// their rules and their compiled form. A check that says nothing runs wherever an agent is.

import * as z from 'zod';
import type { CompiledCheck } from '../compiled-check.ts';
import { demand } from '../fields/demand.ts';
import { nameField } from '../fields/name-fields.ts';
import { type CheckFault, faultOf, type Spec } from './check-fault.ts';

const LOCATIONS_MAX = 50;
const LOCATIONS = demand(
  `must be a list of 1 to ${LOCATIONS_MAX} names, each once`,
  'write locations: [fra, nyc]',
);
const QUORUM = demand(
  `must be majority, any, all, a whole number of 1 to ${LOCATIONS_MAX}, or like 2 of 3`,
  'write quorum: 2 of 3',
);
/** `n of m`. */
const SHARE = /^([1-9]\d?) of ([1-9]\d?)$/;

export const locationsField = z
  .array(nameField, { error: LOCATIONS })
  .min(1, { error: LOCATIONS })
  .max(LOCATIONS_MAX, { error: LOCATIONS })
  .superRefine((names, context) => {
    if (new Set(names).size < names.length)
      context.addIssue({ code: 'custom', message: LOCATIONS });
  });

export const locationFields = {
  locations: locationsField
    .describe('Locations of the agents that measure it; default each location with a live agent.')
    .optional(),
  quorum: z
    .union(
      [
        z.enum(['majority', 'any', 'all']),
        z
          .number({ error: QUORUM })
          .int({ error: QUORUM })
          .min(1, { error: QUORUM })
          .max(LOCATIONS_MAX, { error: QUORUM }),
        z.string().regex(SHARE, { error: QUORUM }),
      ],
      { error: QUORUM },
    )
    .describe(
      'At how many of its locations it must be bad to be bad: majority, any, all, a number, or n of m; default majority.',
    )
    .optional(),
};

/** A quorum that no locations can reach would keep a dead service up for good. */
export function locationFaults(
  { locations, quorum }: Spec,
  lost: ReadonlySet<string>,
): CheckFault[] {
  const share = shareOf(quorum);
  const needed = share?.needed ?? (typeof quorum === 'number' ? quorum : undefined);
  if (needed === undefined || (locations === undefined && lost.has('locations'))) return [];
  if (share !== undefined && needed > share.of)
    return [faultOf('quorum', 'asks for more than there are', `write ${share.of} of ${share.of}`)];
  if (locations === undefined) {
    if (share === undefined) return [];
    const message = 'counts locations, and none are named';
    return [faultOf('quorum', message, `name ${share.of} in locations, or write ${needed} alone`)];
  }
  const named = locations.length;
  if (share !== undefined && share.of !== named) {
    const hint = needed > named ? 'name more' : `write ${needed} of ${named}`;
    return [
      faultOf('quorum', `speaks of ${share.of} locations, but locations names ${named}`, hint),
    ];
  }
  if (needed <= named) return [];
  return [faultOf('quorum', `is more than the ${named} of locations`, 'write all, or name more')];
}

/** `any` is one; `n of m` is n. */
export function quorumOf({ quorum }: Pick<Spec, 'quorum'>): CompiledCheck['quorum'] {
  if (quorum === 'any') return 1;
  if (quorum === 'majority' || quorum === 'all' || typeof quorum !== 'string') return quorum;
  return shareOf(quorum)?.needed;
}

function shareOf(quorum: Spec['quorum']): { needed: number; of: number } | undefined {
  const [, needed, of] = SHARE.exec(String(quorum ?? '')) ?? [];
  return needed === undefined ? undefined : { needed: Number(needed), of: Number(of) };
}
