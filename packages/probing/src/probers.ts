// Every kind of probe that there is. A new kind is one more line here. Each is loaded with the first run
// that needs it, so that a command for one probe carries no others; agents load them all at their start,
// because later there may be no descriptor left to do so.

import type { Prober } from './prober.ts';

const LOADERS: Readonly<Record<string, () => Promise<Prober>>> = {
  http: async () => (await import('./http/http-prober.ts')).httpProber as Prober,
  tls: async () => (await import('./tls-kind/tls-prober.ts')).tlsProber as Prober,
  dns: async () => (await import('./dns/dns-prober.ts')).dnsProber as Prober,
  tcp: async () => (await import('./tcp/tcp-prober.ts')).tcpProber as Prober,
  icmp: async () => (await import('./icmp/icmp-prober.ts')).icmpProber as Prober,
  grpc: async () => (await import('./grpc/grpc-prober.ts')).grpcProber as Prober,
};

export const KINDS: readonly string[] = Object.keys(LOADERS);

const loaded = new Map<string, Prober>();

/** undefined: not loaded yet, or there is no such kind. */
export function loadedProber(kind: string): Prober | undefined {
  return loaded.get(kind);
}

export async function loadProbers(): Promise<void> {
  await Promise.all(KINDS.map(loadProber));
}

/** undefined: there is no such kind. */
export async function loadProber(kind: string): Promise<Prober | undefined> {
  const load = Object.hasOwn(LOADERS, kind) ? LOADERS[kind] : undefined;
  if (load === undefined) return undefined;
  const prober = await load();
  loaded.set(kind, prober);
  return prober;
}
