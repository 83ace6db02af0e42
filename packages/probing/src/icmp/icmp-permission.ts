// Why this process may not send ICMP here, and the exact cure. Asked only once a socket was refused.

import { readFileSync } from 'node:fs';
import { type Fault, fault } from '@holdfast/kernel';
import { connectFaultCode, meaningOf, type SystemError } from '../dial/connect-fault.ts';

const PING_GROUP_RANGE = '/proc/sys/net/ipv4/ping_group_range';

/** The fault of an ICMP socket that could not be opened. */
export function socketFault(error: SystemError, version: 4 | 6): Fault {
  if (error.code === 'EPERM' || error.code === 'EACCES') return notPermittedFault(version);
  const code = connectFaultCode(error, version);
  return fault(code, `No ICMP socket for IPv${version}: ${meaningOf(error)}.`);
}

/** The fault of a system that has no ICMP here. */
export function unsupportedFault(): Fault {
  const here = `${process.platform} on ${process.arch}`;
  const message = `ICMP probes need Linux on x64 or arm64 and a Node with node:ffi; this is ${here}, Node ${process.versions.node}. Other systems are untested.`;
  const cure = 'Run this check at an agent on Linux, or probe the host by `tcp` from here.';
  return fault('PROBER_UNSUPPORTED', message, undefined, cure);
}

function notPermittedFault(version: 4 | 6): Fault {
  const group = process.getegid?.() ?? 0;
  const range = pingGroupRange();
  const message = `ICMP over IPv${version} is not permitted: net.ipv4.ping_group_range is "${range}", which keeps group ${group} from ping sockets, and the capability CAP_NET_RAW for raw sockets is missing.`;
  const cure = `As root: sysctl -w net.ipv4.ping_group_range="0 2147483647" (any program may ping), or: setcap cap_net_raw+ep ${process.execPath} (this Node may), then start it again.`;
  return fault('PROBER_NOT_PERMITTED', message, undefined, cure);
}

function pingGroupRange(): string {
  try {
    return readFileSync(PING_GROUP_RANGE, 'utf8').trim().replaceAll('\t', ' ');
  } catch {
    return 'unreadable';
  }
}
