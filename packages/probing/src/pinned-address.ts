// Sends a run to one address whatever its name resolves to, as when one machine behind a name is
// looked at. Only the first name that is asked for is the target's; a redirect may lead to others,
// and those are resolved as ever. The egress policy is asked as for every address.

import type { Resolve } from './prober.ts';

export function resolvePinned(resolve: Resolve, address: string): Resolve {
  let pinned: string | undefined;
  return (host, ip, signal) => {
    pinned ??= host;
    return host === pinned ? resolve(address, ip, signal) : resolve(host, ip, signal);
  };
}
