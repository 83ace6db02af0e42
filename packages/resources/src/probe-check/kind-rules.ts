// Rules across the fields of one kind: what a tls, icmp, grpc or plugin's check cannot mean. Each speaks
// of the fields that are there and sound, and stays silent about the rest.

import { formatDuration } from '@holdfast/kernel';
import { groupedNumber } from '../fields/grouped-number.ts';
import { type CheckFault, faultOf, type RuleContext, type Spec } from './check-fault.ts';
import { packetIntervalMs, timeoutMs } from './check-times.ts';
import { dnsFaults } from './dns-rules.ts';
import { httpFaults } from './http-rules.ts';
import { CALL } from './kind-fields.ts';
import type { Kind } from './kinds.ts';
import type { Target } from './target.ts';
import { tcpFaults } from './tcp-rules.ts';

const PAYLOAD_BYTES_MIN = 16;
const PAYLOAD_BYTES_MAX = 65_000;
/** More would only hide the others. */
const PLUGIN_FAULTS_MAX = 50;
const START_TLS_PORTS = { smtp: 587, imap: 143, pop3: 110, ftp: 21, postgres: 5432 } as const;

export function kindFaults(
  kind: Kind,
  spec: Spec,
  target: Target | undefined,
  context: RuleContext,
): CheckFault[] {
  if (target?.type === 'plugin') return pluginFaults(spec, target);
  if (target?.type === 'tls') return tlsFaults(spec, target);
  if (target?.type === 'dns') return dnsFaults(spec, target, context);
  if (kind === 'icmp') return icmpFaults(spec, context.lost);
  if (kind === 'grpc') return grpcFaults(spec, target, context.lost);
  if (kind === 'tcp') return tcpFaults(spec, context);
  return kind === 'http' ? httpFaults(spec, target, context) : [];
}

/** What the plugin itself finds wrong. */
function pluginFaults(spec: Spec, { plugin }: Target & { type: 'plugin' }): CheckFault[] {
  try {
    return plugin
      .validate(structuredClone(spec.with ?? {}))
      .slice(0, PLUGIN_FAULTS_MAX)
      .map(({ path, message, hint }) => faultOf(['with', ...path], message, hint));
  } catch {
    // What it threw may quote the options, which may be secrets.
    const message = `cannot be proven: the plugin for ${plugin.kind} fails on it`;
    return [faultOf('with', message, 'tell the author of the plugin')];
  }
}

function tlsFaults({ startTls }: Spec, target: Target & { type: 'tls' }): CheckFault[] {
  if (startTls === undefined || target.portWritten) return [];
  const message = `needs the port of ${startTls}: without one it is 443`;
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return [faultOf('startTls', message, `write target: tls://${host}:${START_TLS_PORTS[startTls]}`)];
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
      faultOf('packets', message, 'write fewer, a shorter packetInterval or a longer timeout'),
    );
  }
  if (payload !== undefined && !isPayloadSize(payload)) {
    const message = `must be a whole number of ${PAYLOAD_BYTES_MIN} to ${groupedNumber(PAYLOAD_BYTES_MAX)} for icmp`;
    faults.push(faultOf('payload', message, 'write payload: 56'));
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
    faults.push(faultOf('method', `must be ${example} for grpc`, `write method: ${example}`));
  if (method === undefined && !lost.has('method')) {
    for (const name of ['payload', 'descriptorSet', 'messages'] as const)
      if (spec[name] !== undefined)
        faults.push(faultOf(name, 'is given, but the method is not', `write method: ${example}`));
  }
  if (method !== undefined && spec.service !== undefined)
    faults.push(
      faultOf(
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
    faults.push(faultOf('tls', 'is given, but grpc:// is plain', 'write grpcs:// in the target'));
  return faults;
}
