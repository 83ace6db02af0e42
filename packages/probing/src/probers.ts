// Every kind of probe that there is. A new kind is one more line here.

import { dnsProber } from './dns/dns-prober.ts';
import { grpcProber } from './grpc/grpc-prober.ts';
import { httpProber } from './http/http-prober.ts';
import { icmpProber } from './icmp/icmp-prober.ts';
import type { Prober } from './prober.ts';
import { tcpProber } from './tcp/tcp-prober.ts';
import { tlsProber } from './tls-kind/tls-prober.ts';

export const PROBERS: ReadonlyMap<string, Prober> = new Map(
  [httpProber, tcpProber, dnsProber, grpcProber, tlsProber, icmpProber].map((prober) => [
    prober.kind,
    prober as Prober,
  ]),
);
