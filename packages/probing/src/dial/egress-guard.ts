// Which addresses probes may reach: the longest matching entry of the policy decides, deny wins a
// draw, and an address that nothing mentions is allowed. It is asked with addresses only, never
// with names, because a name can point elsewhere a moment later. It must never answer "allowed"
// for a text it cannot read.

import { isIP } from 'node:net';
import { HoldfastError } from '@holdfast/kernel';
import type { EgressPolicy } from '@holdfast/resources/compiled-check';
import {
  blockHolds,
  type IpAddress,
  type IpBlock,
  parseIpAddress,
  parseIpBlock,
} from './ip-address.ts';

export interface EgressGuard {
  allows(ip: string): boolean;
}

/** Answers remembered: most agents probe fewer addresses than this. */
const ANSWERS_MAX = 4096;

/** Throws CONFIG_INVALID for an entry that is no CIDR block: a policy must not be half in force. */
export function createEgressGuard(policy: EgressPolicy): EgressGuard {
  const deny = policy.deny.map(blockOf);
  const allow = policy.allow.map(blockOf);
  if (deny.length === 0) return { allows: (ip) => isIP(ip) !== 0 };
  const isAllowed = (address: IpAddress) => {
    const denied = longestMatch(deny, address);
    return denied < 0 || longestMatch(allow, address) > denied;
  };
  // Not in the order of their use: a map that is written at each use is rehashed every few probes.
  const answers = new Map<string, boolean>();
  return {
    allows(ip) {
      const known = answers.get(ip);
      if (known !== undefined) return known;
      const address = parseIpAddress(ip);
      const allowed = address !== undefined && isAllowed(address);
      if (answers.size >= ANSWERS_MAX) answers.clear();
      answers.set(ip, allowed);
      return allowed;
    },
  };
}

/** Prefix length of the narrowest block that holds the address, -1 when none does. */
function longestMatch(blocks: readonly IpBlock[], address: IpAddress): number {
  let longest = -1;
  for (const block of blocks) {
    if (block.prefixBits > longest && blockHolds(block, address)) longest = block.prefixBits;
  }
  return longest;
}

function blockOf(text: string): IpBlock {
  const block = parseIpBlock(text);
  if (block !== undefined) return block;
  throw new HoldfastError(
    'CONFIG_INVALID',
    `The egress policy names "${text}", which is no CIDR block.`,
    'Write it like 10.0.0.0/8 or fd00::/8.',
  );
}
