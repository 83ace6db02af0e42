// Names to addresses by the system's resolver (getaddrinfo, so /etc/hosts and search domains count
// as they do for every program of the machine). Each address is asked of the egress policy before
// it is handed out. Addresses of both versions are interleaved, the resolver's first choice first
// (RFC 8305 section 4).

import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Fault, fault } from '@holdfast/kernel';
import type { IpPreference } from '@holdfast/resources/compiled-check';
import { abortFault, untilAborted } from '../abort.ts';
import type { Address, Outcome, Resolve } from '../prober.ts';
import type { SystemError } from './connect-fault.ts';
import type { EgressGuard } from './egress-guard.ts';

/** Rejects with an error that carries getaddrinfo's code. `family` 0 = both. */
export type Lookup = (host: string, family: 0 | 4 | 6) => Promise<Address[]>;

/** A name with more addresses than this is cut: nobody waits for a 17th attempt. */
const ADDRESSES_MAX = 16;

export const defaultLookup: Lookup = async (host, family) => {
  const found = await systemLookup(host, { all: true, family, order: 'verbatim' });
  return found.map((entry) => ({ ip: entry.address, version: entry.family === 6 ? 6 : 4 }));
};

export function createResolve(lookup: Lookup, guard: () => EgressGuard): Resolve {
  const askAll = async (host: string, ip: IpPreference, signal: AbortSignal) => {
    const found = await untilAborted(ask(host, ip, lookup), signal, 'resolve');
    return found.ok ? permitted(host, interleave(found.value), guard()) : found;
  };
  return (host, ip, signal) => {
    if (signal.aborted) return Promise.resolve({ ok: false, fault: abortFault(signal) });
    const version = isIP(host);
    if (version === 0) return askAll(host, ip, signal);
    return Promise.resolve(permitted(host, [{ ip: host, version: version as 4 | 6 }], guard()));
  };
}

async function ask(host: string, ip: IpPreference, lookup: Lookup): Promise<Outcome<Address[]>> {
  try {
    const found = await lookup(host, familyOf(ip));
    if (found.length > 0) return { ok: true, value: found };
    return { ok: false, fault: await missing(host, ip, lookup) };
  } catch (error) {
    const failure = error as SystemError;
    if (failure.code === 'ENOTFOUND') return { ok: false, fault: await missing(host, ip, lookup) };
    return { ok: false, fault: failed(host, failure) };
  }
}

/** Tells a name that does not exist from one that only lacks an address of the wanted version. */
async function missing(host: string, ip: IpPreference, lookup: Lookup): Promise<Fault> {
  const exists = ip !== 'any' && (await lookup(host, 0).catch(() => [])).length > 0;
  if (exists) return fault('NAME_NO_ADDRESS', `${host} has no IPv${ip} address.`, 'resolve');
  return fault('NAME_NOT_FOUND', `No address is known for the name ${host}.`, 'resolve');
}

function failed(host: string, error: SystemError): Fault {
  const what = error.code ?? error.message;
  if (error.code === 'EMFILE' || error.code === 'ENFILE' || error.code === 'EAI_MEMORY') {
    return fault('PROBER_OUT_OF_DESCRIPTORS', `Asking for ${host} failed: ${what}.`, 'resolve');
  }
  return fault('NAME_SERVER_FAILED', `The resolver failed for ${host}: ${what}.`, 'resolve');
}

function permitted(host: string, addresses: Address[], guard: EgressGuard): Outcome<Address[]> {
  const allowed = addresses.filter((address) => guard.allows(address.ip));
  if (allowed.length > 0) return { ok: true, value: allowed };
  const denied = addresses.map((address) => address.ip).join(', ');
  const message =
    denied === host
      ? `The egress policy denies ${host}.`
      : `The egress policy denies every address of ${host}: ${denied}.`;
  return { ok: false, fault: fault('PROBER_EGRESS_DENIED', message, 'resolve') };
}

function interleave(addresses: readonly Address[]): Address[] {
  const first = addresses.filter((address) => address.version === addresses[0]?.version);
  const second = addresses.filter((address) => address.version !== addresses[0]?.version);
  const mixed: Address[] = [];
  for (let at = 0; at < Math.max(first.length, second.length); at += 1) {
    mixed.push(...first.slice(at, at + 1), ...second.slice(at, at + 1));
  }
  return mixed.slice(0, ADDRESSES_MAX);
}

function familyOf(ip: IpPreference): 0 | 4 | 6 {
  return ip === 'any' ? 0 : ip === '4' ? 4 : 6;
}
