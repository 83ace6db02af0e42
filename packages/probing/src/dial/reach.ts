// From a host and a port to a connected socket, with the phases and the facts of the way written
// down as they happen: the part that all probers over TCP share.

import { isIP } from 'node:net';
import type { IpPreference } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import type { PhaseLog } from '../phase-log.ts';
import type { Connection, Outcome, ProbeContext } from '../prober.ts';

export interface Destination {
  host: string;
  port: number;
  ip: IpPreference;
}

/** `facts` is filled as far as the way was gone; what did not happen stays absent. */
export async function reach(
  to: Destination,
  context: ProbeContext,
  log: PhaseLog,
  facts: ResultContext,
): Promise<Outcome<Connection>> {
  // An address needs no resolver: no phase is written for what did not happen.
  if (isIP(to.host) === 0) log.begin('resolve');
  const found = await context.resolve(to.host, to.ip, context.signal);
  log.end();
  if (!found.ok) return found;
  facts.addresses = found.value.map((address) => address.ip);
  log.begin('connect');
  const dialled = await context.dial(found.value, to.port, context.signal);
  log.end();
  if (dialled.ok) describe(dialled.value, facts);
  return dialled;
}

function describe(connection: Connection, facts: ResultContext): void {
  const { address, port, socket, kernel } = connection;
  facts.peerIp = address.ip;
  facts.peerPort = port;
  facts.ipVersion = address.version;
  if (socket.localAddress !== undefined) facts.sourceIp = socket.localAddress;
  if (kernel !== undefined) facts.kernel = kernel;
}
