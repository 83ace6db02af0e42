// Rules across the fields of a dns check: who is asked and how, and what is believed.

import { isIP } from 'node:net';
import { type CheckFault, faultOf, type RuleContext, type Spec, warningOf } from './check-fault.ts';
import { readDnsServer } from './dns-server.ts';
import type { Target } from './target.ts';

type DnsTarget = Target & { type: 'dns' };

export function dnsFaults(spec: Spec, target: DnsTarget, { lost }: RuleContext): CheckFault[] {
  const faults: CheckFault[] = [];
  if (target.server !== undefined && spec.server !== undefined)
    faults.push(
      faultOf('server', 'is given, but the target names a server too', 'keep one of the two'),
    );
  const typeLost = spec.recordType === undefined && lost.has('recordType');
  if (isIP(target.name) > 0 && spec.recordType !== 'PTR' && !typeLost) {
    const hint = `write recordType: PTR, or target: dns://${target.name}/example.com to ask this server`;
    faults.push(faultOf('target', 'is an address, not a name', hint));
  }
  return [
    ...faults,
    ...transportFaults(spec, target, lost),
    ...traceFaults(spec, target),
    ...trustFaults(spec, lost),
  ];
}

function transportFaults(spec: Spec, target: DnsTarget, lost: ReadonlySet<string>): CheckFault[] {
  const faults: CheckFault[] = [];
  const reading = spec.server === undefined ? undefined : readDnsServer(spec.server);
  const told = reading?.ok ? reading.server.transport : undefined;
  const transport = spec.transport ?? told ?? 'udp';
  if (told !== undefined && told !== transport)
    faults.push(faultOf('transport', `is ${transport}, but the server is ${told}://`, 'remove it'));
  const encrypted = transport === 'tls' || transport === 'https';
  const served = target.server !== undefined || spec.server !== undefined || lost.has('server');
  if (encrypted && !served && spec.trace !== true)
    faults.push(
      faultOf(
        'transport',
        `is ${transport}, and no server is given`,
        `write server: ${transport}://1.1.1.1`,
      ),
    );
  if (spec.tls !== undefined && !encrypted && !lost.has('server') && !lost.has('transport'))
    faults.push(
      faultOf('tls', `is given, but transport is ${transport}`, 'write transport: tls, or https'),
    );
  if (transport !== 'udp' && spec.tries !== undefined)
    faults.push(
      warningOf(
        'tries',
        `counts what is sent over udp, but transport is ${transport}`,
        'remove it',
      ),
    );
  return faults;
}

function traceFaults(spec: Spec, target: DnsTarget): CheckFault[] {
  const faults: CheckFault[] = [];
  if (spec.trace !== true) {
    if (spec.roots !== undefined)
      faults.push(
        faultOf('roots', 'is where a trace begins, and there is none', 'write trace: true'),
      );
    return faults;
  }
  const message = 'begins at the root, but a server is given';
  if (spec.server !== undefined || target.server !== undefined)
    faults.push(faultOf('trace', message, 'remove the server, or trace'));
  else if (spec.transport === 'tls' || spec.transport === 'https')
    faults.push(
      faultOf(
        'transport',
        `is ${spec.transport}, which name servers of zones do not speak`,
        'remove it',
      ),
    );
  return faults;
}

function trustFaults(
  { dnssec, trustAnchors, expect }: Spec,
  lost: ReadonlySet<string>,
): CheckFault[] {
  if (dnssec === true || lost.has('dnssec')) return [];
  const faults: CheckFault[] = [];
  if (trustAnchors !== undefined)
    faults.push(
      faultOf('trustAnchors', 'is what dnssec starts from, which is off', 'write dnssec: true'),
    );
  if (expect?.secure === true)
    faults.push(
      faultOf(
        ['expect', 'secure'],
        'needs a validated answer, and dnssec is off',
        'write dnssec: true',
      ),
    );
  return faults;
}
