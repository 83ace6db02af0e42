// A check as the agent runs it (types only): durations in ms, defaults filled in, patterns proven.
// People write the resource form of check.ts; compileCheck makes this of it.

import type { PhaseName } from '@holdfast/kernel';
import type { TokenSpec } from './compiled-parts.ts';
import type { ProbeSpec } from './compiled-specs.ts';

export type * from './compiled-parts.ts';
export type * from './compiled-specs.ts';

/** Further tries after one that was not up. The check's timeout covers all of them and the waits. */
export interface RetrySpec {
  /** In all, the first one included: 2 … 5. */
  attempts: number;
  /** Before the second try; doubled before each further one. */
  backoffMs: number;
}

export interface CompiledCheck {
  namespace: string;
  name: string;
  /** As written, credentials removed: for people, never for dialling. */
  target: string;
  intervalMs: number;
  timeoutMs: number;
  labels: Record<string, string>;
  paused: boolean;
  /** Absent: one try. */
  retry?: RetrySpec;
  /** The longest that each phase may take, all its hops together; absent or not named: only the timeout counts. */
  phaseLimitsMs?: Partial<Record<PhaseName, number>>;
  /** Each of the name's addresses is measured, and all must be up; absent: the first that answers. */
  everyAddress?: boolean;
  /** Dialled instead of what the target's name resolves to; SNI and Host stay the target's. */
  pinnedAddress?: string;
  /** Where it is measured; absent: at every location that has a live agent. */
  locations?: string[];
  /**
   * At how many of its locations it must be bad to be bad; absent: `majority` (more than half of those
   * that have a fresh result).
   */
  quorum?: number | 'majority' | 'all';
  /** What `${token:NAME}` means in this check, by name. */
  tokens?: Record<string, TokenSpec>;
  spec: ProbeSpec;
}

/** Which addresses probes may reach. Deny wins over allow unless the allow entry is narrower. */
export interface EgressPolicy {
  /** CIDR blocks. */
  deny: string[];
  allow: string[];
}
