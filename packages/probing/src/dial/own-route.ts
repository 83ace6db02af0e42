// Whether this machine itself knows a way to an address. "Network unreachable" is what the kernel says
// when it has no route, and also what a router far away answers; only the first is our own fault. A UDP
// socket tells them apart: connecting it looks up the route and sends nothing.

import { createSocket } from 'node:dgram';
import type { Address } from '../prober.ts';
import type { SystemError } from './connect-fault.ts';

/** Whether the error can mean that we have no route, and somebody else's word too. */
export function mayLackRoute({ code }: SystemError): boolean {
  return code === 'ENETUNREACH' || code === 'EADDRNOTAVAIL';
}

/** Never rejects, sends no packet. Where it cannot be known, such as without descriptors, the answer is yes. */
export function hasOwnRoute({ ip, version }: Address, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(version === 6 ? 'udp6' : 'udp4');
    const answer = (error?: SystemError) => {
      socket.close();
      resolve(error === undefined || !mayLackRoute(error));
    };
    socket.once('error', answer);
    // Node's types leave out that a failure comes here too.
    socket.connect(port, ip, answer as () => void);
  });
}
