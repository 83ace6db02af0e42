// Every kind of probe that there is. A new kind is one more line here.

import { httpProber } from './http/http-prober.ts';
import type { Prober } from './prober.ts';
import { tcpProber } from './tcp/tcp-prober.ts';

export const PROBERS: ReadonlyMap<string, Prober> = new Map(
  [httpProber, tcpProber].map((prober) => [prober.kind, prober as Prober]),
);
