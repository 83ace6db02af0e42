// A check that goes down from the root instead of asking one server: every server asked is a hop of
// the measurement, the last answer is the one that is judged, and the way to it is kept.

import type { Chance, Fault } from '@holdfast/kernel';
import type { DnsSpec } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import type { PhaseLog } from '../phase-log.ts';
import type { ProbeContext } from '../prober.ts';
import { type ResolutionChain, stepDetail } from './chain-step.ts';
import { type ChainOptions, traceResolution } from './resolution-chain.ts';
import type { NameServer } from './resolution-step.ts';
import { rootServers } from './root-servers.ts';

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

/** The way, and what broke it where. */
export function chainDetail({ steps }: ResolutionChain): Record<string, unknown> {
  return { resolution_chain: steps.map(stepDetail) };
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
