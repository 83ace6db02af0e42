// Rules across the fields of one kind: what a tls, dns, icmp or grpc check cannot mean. Each speaks of
// the fields that are there and sound, and stays silent about the rest.

import { isIP } from 'node:net';
import { formatDuration } from '@holdfast/kernel';
import type { CheckSpec } from '../check.ts';
import type { CheckFault } from './check-rules.ts';
import { packetIntervalMs, timeoutMs } from './check-times.ts';
import { CALL } from './kind-fields.ts';
import { isHttpMethod } from './kinds.ts';
import type { Target } from './target.ts';

type Spec = Partial<CheckSpec>;

const PAYLOAD_BYTES_MIN = 16;
const PAYLOAD_BYTES_MAX = 65_000;
const START_TLS_PORTS = { smtp: 587, imap: 143, pop3: 110, ftp: 21, postgres: 5432 } as const;

export function kindFaults(
  spec: Spec,
  target: Target | undefined,
  lost: ReadonlySet<string>,
): CheckFault[] {
  if (target?.type === 'tls') return tlsFaults(spec, target);
  if (target?.type === 'dns') return dnsFaults(spec, target, lost);
  if ((target?.type ?? spec.type) === 'icmp') return icmpFaults(spec, lost);
  if ((target?.type ?? spec.type) === 'grpc') return grpcFaults(spec, target, lost);
  if (
    (target?.type ?? spec.type) === 'http' &&
    spec.method !== undefined &&
    !isHttpMethod(spec.method)
  )
    return [
      fault(
        'method',
        'is a call of grpc, this check is http',
        'write method: GET, or grpc:// before the target',
      ),
    ];
  return [];
}

function tlsFaults({ startTls }: Spec, target: Target & { type: 'tls' }): CheckFault[] {
  if (startTls === undefined || target.portWritten) return [];
  const message = `needs the port of ${startTls}: without one it is 443`;
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return [fault('startTls', message, `write target: tls://${host}:${START_TLS_PORTS[startTls]}`)];
}

function dnsFaults(
  spec: Spec,
  target: Target & { type: 'dns' },
  lost: ReadonlySet<string>,
): CheckFault[] {
  const faults: CheckFault[] = [];
  if (target.server !== undefined && spec.server !== undefined)
    faults.push(
      fault('server', 'is given, but the target names a server too', 'keep one of the two'),
    );
  const typeLost = spec.recordType === undefined && lost.has('recordType');
  if (isIP(target.name) > 0 && spec.recordType !== 'PTR' && !typeLost) {
    const hint = `write recordType: PTR, or target: dns://${target.name}/example.com to ask this server`;
    faults.push(fault('target', 'is an address, not a name', hint));
  }
  if (spec.transport === 'tcp' && spec.tries !== undefined)
    faults.push({
      ...fault('tries', 'counts what is sent over udp, but transport is tcp', 'remove it'),
      warning: true,
    });
  return faults;
}

function icmpFaults(spec: Spec, lost: ReadonlySet<string>): CheckFault[] {
  const { packets = 1, payload, expect } = spec;
  const faults: CheckFault[] = [];
  const sound = !['packets', 'packetInterval', 'timeout', 'interval'].some(
    (name) => lost.has(name) && !Object.hasOwn(spec, name),
  );
  const spanMs = (packets - 1) * packetIntervalMs(spec);
  if (sound && packets > 1 && spanMs >= timeoutMs(spec)) {
    const message = `take ${formatDuration(spanMs)} to send, and the timeout is ${formatDuration(timeoutMs(spec))}`;
    faults.push(
      fault('packets', message, 'write fewer, a shorter packetInterval or a longer timeout'),
    );
  }
  if (payload !== undefined && !isPayloadSize(payload)) {
    const message = `must be a whole number of ${PAYLOAD_BYTES_MIN} to ${PAYLOAD_BYTES_MAX.toLocaleString('en')} for icmp`;
    faults.push(fault('payload', message, 'write payload: 56'));
  }
  if (expect?.jitter !== undefined && packets < 2 && !lost.has('packets')) {
    const message = 'is between packets, and only one is sent';
    faults.push({ field: ['expect', 'jitter'], message, hint: 'write packets: 5' });
  }
  return faults;
}

function isPayloadSize(payload: unknown): payload is number {
  return (
    typeof payload === 'number' &&
    Number.isInteger(payload) &&
    payload >= PAYLOAD_BYTES_MIN &&
    payload <= PAYLOAD_BYTES_MAX
  );
}

function grpcFaults(
  spec: Spec,
  target: Target | undefined,
  lost: ReadonlySet<string>,
): CheckFault[] {
  const { method, expect } = spec;
  const faults: CheckFault[] = [];
  const example = 'package.Service/Method';
  if (method !== undefined && !CALL.test(method))
    faults.push(fault('method', `must be ${example} for grpc`, `write method: ${example}`));
  if (method === undefined && !lost.has('method')) {
    for (const name of ['payload', 'descriptorSet', 'messages'] as const)
      if (spec[name] !== undefined)
        faults.push(fault(name, 'is given, but the method is not', `write method: ${example}`));
  }
  if (method !== undefined && spec.service !== undefined)
    faults.push(
      fault(
        'service',
        'is asked of the health service, but a method is given',
        'keep one of the two',
      ),
    );
  if (method !== undefined && expect?.serving !== undefined) {
    const message = 'is for the health service, but a method is given';
    faults.push({ field: ['expect', 'serving'], message, hint: 'write expect: {json: …} instead' });
  }
  if (target?.type === 'grpc' && !target.secure && spec.tls !== undefined)
    faults.push(fault('tls', 'is given, but grpc:// is plain', 'write grpcs:// in the target'));
  return faults;
}

function fault(field: string, message: string, hint: string): CheckFault {
  return { field: [field], message, hint };
}
