// A store that failed, said with a cure: the one error of stores that callers cannot mend themselves.

import { HoldfastError } from '@holdfast/kernel';

export const STORE_CURE =
  'Try again; if it stays, restore the store from a backup and report this.';

export function storeFailed(what: string, cure = STORE_CURE, cause?: unknown): HoldfastError {
  return new HoldfastError('STORE_FAILED', what, cure, cause);
}
