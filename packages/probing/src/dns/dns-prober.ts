// The prober of kind `dns`: one question to one server with packets of our own, so that nothing
// between us and the server (caches, hosts files, search domains) has a say in the answer.

import { getServers } from 'node:dns';
import { systemChance } from '@holdfast/kernel';
import type { DnsSpec } from '@holdfast/resources/compiled-check';
import type { Prober } from '../prober.ts';
import { judgeDns, prepareDnsJudge } from './dns-judge.ts';
import { type DnsObservation, type DnsParts, measureDns } from './dns-run.ts';
import { loadPacketCodec, packetCodec } from './packet-codec.ts';

/** Longer than any round trip on earth, short enough for two more sendings within 10 s. */
const FIRST_WAIT_MS = 1000;

/** Checks whose patterns and rules have been proven. */
const prepared = new WeakSet<DnsSpec>();

export function createDnsProber(parts: Partial<DnsParts> = {}): Prober<DnsSpec, DnsObservation> {
  const whole = {
    chance: systemChance,
    servers: getServers,
    firstWaitMs: FIRST_WAIT_MS,
    ...parts,
  };
  return {
    kind: 'dns',
    prepare(spec) {
      return packetCodec() !== undefined && prepared.has(spec) ? undefined : prepare(spec);
    },
    measure: (spec, context) => measureDns(spec, context, whole),
    judge: judgeDns,
  };
}

export const dnsProber = createDnsProber();

async function prepare(spec: DnsSpec): ReturnType<typeof prepareDnsJudge> {
  await Promise.all([loadPacketCodec(), ...partsOf(spec)]);
  const problem = await prepareDnsJudge(spec);
  if (problem === undefined) prepared.add(spec);
  return problem;
}

/** What only this check needs, so that no measurement waits for code. */
function partsOf({ transport, trace, dnssec }: DnsSpec): Promise<unknown>[] {
  const parts: Promise<unknown>[] = [];
  if (transport === 'https') parts.push(import('./https-exchange.ts'));
  if (trace === true) parts.push(import('./dns-trace.ts'));
  if (dnssec === true) parts.push(import('./dns-trust.ts'));
  return parts;
}
