// What alerting needs to know of a check; a CompiledCheck is one.

import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { QuorumCheck } from '@holdfast/resources/quorum';

export type WatchedCheck = Pick<CompiledCheck, 'namespace' | 'name' | 'labels' | 'target'> &
  QuorumCheck;
