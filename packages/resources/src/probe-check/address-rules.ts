// Rules about which address is dialled and how long single phases may take; for all kinds.

import { isIP } from 'node:net';
import { formatDuration } from '@holdfast/kernel';
import { type CheckFault, faultOf, type Spec } from './check-fault.ts';
import { milliseconds, PHASES, timeoutMs } from './check-times.ts';
import type { Target } from './target.ts';

export function addressFaults(spec: Spec, target: Target | undefined): CheckFault[] {
  const { address, addresses } = spec;
  const faults: CheckFault[] = [];
  if (target?.type === 'dns') {
    const message = 'is not for dns checks, which ask one server';
    for (const name of ['address', 'addresses'] as const)
      if (spec[name] !== undefined)
        faults.push(faultOf(name, message, 'name the address in server'));
    return faults;
  }
  if (spec.proxy !== undefined)
    for (const name of ['address', 'addresses'] as const)
      if (spec[name] !== undefined && spec[name] !== 'any')
        faults.push(
          faultOf(
            name,
            'is given beside a proxy, which looks the name up itself',
            'keep one of the two',
          ),
        );
  if (address === undefined) return faults;
  if (addresses === 'all')
    faults.push(
      faultOf('addresses', 'asks for all addresses, but address names one', 'keep one of the two'),
    );
  const version = isIP(address);
  const wanted = spec.ip === undefined || spec.ip === 'any' ? version : Number(spec.ip);
  if (version !== wanted) {
    const message = `is an IPv${version} address, but ip is ${wanted}`;
    faults.push(faultOf('address', message, `write ip: ${version}, or another address`));
  }
  if (target?.type === 'icmp' && isIP(target.host) > 0)
    faults.push(
      faultOf('address', 'is given, but the target is an address itself', 'keep one of the two'),
    );
  return faults;
}

export function phaseFaults(spec: Spec, lost: ReadonlySet<string>): CheckFault[] {
  if (spec.timeouts === undefined) return [];
  if ((lost.has('timeout') && spec.timeout === undefined) || lost.has('interval')) return [];
  const mostMs = timeoutMs(spec);
  return PHASES.flatMap((phase) => {
    const limitMs = milliseconds(spec.timeouts?.[phase]);
    if (limitMs === undefined || limitMs <= mostMs) return [];
    const most = formatDuration(mostMs);
    const message = `is longer than the timeout of ${most}, which covers all phases`;
    return [faultOf(['timeouts', phase], message, `write ${phase}: ${most} or less`)];
  });
}
