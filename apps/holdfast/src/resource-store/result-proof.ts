// Whether what would stand in the store is sound as a whole. Faults that were there before are not held
// against who applies something else: else one broken resource would keep everybody from mending.

import { HoldfastError } from '@holdfast/kernel';
import { formatResourceProblem, loadResources, type Resource } from '@holdfast/resources/load';
import type { PluginDescription } from '@holdfast/resources/plugin';
import type { ApplyPlan } from './apply-plan.ts';

const PROBLEMS_SHOWN_MAX = 20;

/** Warnings, as sentences. Throws HoldfastError CONFIG_INVALID with every fault that is new. */
export function proveResult(
  before: readonly Resource[],
  plan: ApplyPlan,
  written: readonly unknown[],
  plugins: readonly PluginDescription[],
): string[] {
  const loaded = loadResources({ stored: plan.untouched, written, plugins });
  const warnings = loaded.warnings.map(formatResourceProblem);
  if (loaded.ok) return warnings;
  const known = new Set(faultsOf(before, plugins));
  const fresh = loaded.problems.map(formatResourceProblem).filter((one) => !known.has(one));
  if (fresh.length === 0) return [...[...known].map((one) => `not mended: ${one}`), ...warnings];
  const lines = fresh.slice(0, PROBLEMS_SHOWN_MAX);
  const more = fresh.length - lines.length;
  throw new HoldfastError(
    'CONFIG_INVALID',
    [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    'Mend them; nothing was changed.',
  );
}

function faultsOf(resources: readonly Resource[], plugins: readonly PluginDescription[]): string[] {
  const loaded = loadResources({ stored: resources, plugins });
  return loaded.ok ? [] : loaded.problems.map(formatResourceProblem);
}
