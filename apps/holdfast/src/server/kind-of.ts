// What people call the kind of a check: that of a plugin has the plugin's own name, as its results do.

import type { CompiledCheck } from '@holdfast/resources/compiled-check';

export function kindOf({ spec }: Pick<CompiledCheck, 'spec'>): string {
  return spec.kind === 'plugin' ? spec.plugin : spec.kind;
}
