// Specs of ICMP probes for tests, with the defaults that the resource form would fill in.

import type { IcmpSpec } from '@holdfast/resources/compiled-check';

export type IcmpWish = Partial<Omit<IcmpSpec, 'kind' | 'expect'>> & {
  expect?: Partial<IcmpSpec['expect']>;
};

export function icmpSpec(host: string, { expect, ...wish }: IcmpWish = {}): IcmpSpec {
  return {
    kind: 'icmp',
    host,
    ip: 'any',
    packets: 1,
    packetIntervalMs: 20,
    payloadBytes: 56,
    ttl: 64,
    ...wish,
    expect: { that: [], lossMax: 0, ...expect },
  };
}
