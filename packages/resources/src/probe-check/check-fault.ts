// What a rule across fields finds wrong with a check, and what such rules know besides the check.

import type { CheckSpec } from '../check.ts';
import type { DurationBounds } from '../fields/duration-field.ts';
import type { PluginDescription } from '../plugin.ts';
import type { Path } from '../source/source-node.ts';

export interface CheckFault {
  /** In the spec. */
  field: Path;
  message: string;
  hint: string;
  /** Doubtful, but allowed. */
  warning?: true;
}

export type Spec = Partial<CheckSpec>;

export interface CheckLimits {
  interval: DurationBounds;
  /** Undefined: only the field's own bounds. */
  timeoutMaxMs?: number;
  /** Where to write others, such as `limits` or `namespaces`. */
  section: string;
}

export interface RuleContext {
  limits: CheckLimits;
  /** Fields that were written but are faulty: they are not taken for left out. */
  lost: ReadonlySet<string>;
  plugins: readonly PluginDescription[];
  /** Names that are defined, soundly or not. */
  tokens: ReadonlySet<string>;
  pools: ReadonlySet<string>;
}

export function faultOf(field: string | Path, message: string, hint: string): CheckFault {
  return { field: typeof field === 'string' ? [field] : field, message, hint };
}

export function warningOf(field: string | Path, message: string, hint: string): CheckFault {
  return { ...faultOf(field, message, hint), warning: true };
}
