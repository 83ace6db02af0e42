// A check that goes down from the root instead of asking one server: every server asked is a hop of
// the measurement, the last answer is the one that is judged, and the way to it is kept.

import type { Chance, Fault } from '@holdfast/kernel';
import type { DnsSpec } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import type { PhaseLog } from '../phase-log.ts';
import type { ProbeContext } from '../prober.ts';
import { type ResolutionChain, stepDetail } from './chain-step.ts';
import type { ZoneTrust } from './dnssec/chain-of-trust.ts';
import { type ChainOptions, traceResolution } from './resolution-chain.ts';
import type { NameServer } from './resolution-step.ts';
import { rootServers } from './root-servers.ts';
import type { Inquiry } from './server-inquiry.ts';

/** Never rejects for what servers do. */
export function traceDns(
  spec: DnsSpec,
  context: ProbeContext,
  chance: Chance,
  log: PhaseLog,
  facts: ResultContext,
): Promise<ResolutionChain> {
  const { name, recordType, ip, dnssec = false } = spec;
  const options: ChainOptions = {
    chance,
    ip,
    dnssec,
    log,
    facts,
    transport: spec.transport === 'tcp' ? 'tcp' : 'udp',
  };
  const port = spec.roots?.[0]?.port;
  if (port !== undefined) options.port = port;
  return traceResolution({ name, recordType, roots: rootsOf(spec, chance) }, context, options);
}

/** The way, and of each zone on it whether it is secure, as far as that was looked at. */
export function chainDetail(
  { steps }: ResolutionChain,
  zones: readonly ZoneTrust[] = [],
): Record<string, unknown> {
  const rows = steps.map((step) => {
    const trust = zones.find(({ zone }) => zone === step.zone.toLowerCase());
    const row = stepDetail(step);
    return trust === undefined ? row : { ...row, secure: trust.state === 'secure' };
  });
  return { resolution_chain: rows };
}

/** How the servers of zones are asked; whom is for the trace to say. */
export function zoneInquiry({ name, recordType, ip, transport, tries }: DnsSpec): Inquiry {
  const question = { name, recordType, recursion: false, dnssec: true };
  const over = transport === 'tcp' ? 'tcp' : 'udp';
  return { question, server: { host: '', port: 0 }, ip, transport: over, tries };
}

/** Says at which step of the way it came to nothing. */
export function chainFault({ steps, fault }: ResolutionChain): Fault | undefined {
  const last = steps.at(-1);
  if (fault === undefined || last === undefined) return fault;
  const where = `Step ${steps.length}, in zone ${last.zone} at ${last.server}`;
  return { ...fault, message: `${where}: ${fault.message}` };
}

function rootsOf({ roots }: DnsSpec, chance: Chance): readonly NameServer[] {
  return roots?.map(({ name, ip }) => ({ name, addresses: [ip] })) ?? rootServers(chance);
}
