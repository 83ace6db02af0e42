// The keys that mirrors of the bench hold: as many checks, each written as a resource of some hundred bytes.

import type { Coordination, Entry, Operation } from '@holdfast/engines/coordination';
import { KEYS } from '@holdfast/engines/keys';

export const MIRRORED_PREFIX = `${KEYS.resources}Check/`;
/** In one transaction. */
const TOGETHER = 100;

export interface MirroredCheck {
  target: string;
  intervalMs: number;
}

export function putCheck(number: number): Operation {
  const spec = { target: `https://shop-${number}.example/health`, intervalMs: 30_000 };
  return {
    type: 'put',
    key: KEYS.resource('Check', 'default', `check-${number}`),
    value: Buffer.from(JSON.stringify(spec)),
  };
}

export function decodeCheck({ value }: Entry): MirroredCheck {
  return Object.freeze(JSON.parse(Buffer.from(value).toString()));
}

export async function putChecks(coordination: Coordination, count: number): Promise<void> {
  for (let from = 0; from < count; from += TOGETHER) {
    const length = Math.min(TOGETHER, count - from);
    const then = Array.from({ length }, (_, i) => putCheck(from + i));
    await coordination.txn({ if: [], then });
  }
}
