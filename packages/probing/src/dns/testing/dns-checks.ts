// DNS measurements for tests: a spec with the defaults that the resource form would fill in, a
// context with real resolving and dialling, and the deadline that a run would set.

import { type Fault, fault, seededChance, systemClock } from '@holdfast/kernel';
import type { DnsSpec, EgressPolicy } from '@holdfast/resources/compiled-check';
import { createDial } from '../../dial/dial.ts';
import { createEgressGuard } from '../../dial/egress-guard.ts';
import { createResolve, defaultLookup, type Lookup } from '../../dial/resolve.ts';
import { openKernelSocket } from '../../kernel-socket/kernel-socket.ts';
import type { Judgement, ProbeContext } from '../../prober.ts';
import { RunSecrets } from '../../secrets.ts';
import { createDnsProber } from '../dns-prober.ts';
import type { DnsObservation, DnsParts } from '../dns-run.ts';

export type DnsWish = Partial<Omit<DnsSpec, 'kind' | 'expect'>> & {
  expect?: Partial<DnsSpec['expect']>;
};

export interface Asked extends DnsObservation {
  judgement: Judgement;
}

export interface AskOptions {
  timeoutMs?: number;
  signal?: AbortSignal;
  egress?: EgressPolicy;
  lookup?: Lookup;
  parts?: Partial<DnsParts>;
}

/** Far more than anything on loopback takes; only tests of the deadline wait for theirs. */
const TIMEOUT_MS = 10_000;

export function dnsSpec({ expect, ...wish }: DnsWish): DnsSpec {
  const section = { matches: [], notMatches: [] };
  return {
    kind: 'dns',
    name: 'example.test',
    recordType: 'A',
    transport: 'udp',
    recursion: true,
    ip: 'any',
    tries: 3,
    ...wish,
    expect: {
      rcodes: ['NOERROR'],
      answer: section,
      authority: section,
      additional: section,
      that: [],
      ...expect,
    },
  };
}

/** Prepares, measures and judges one check as a run does. */
export async function ask(wish: DnsWish, options: AskOptions = {}): Promise<Asked> {
  const spec = dnsSpec(wish);
  const prober = createDnsProber({ chance: seededChance(7), ...options.parts });
  const unprepared = await prober.prepare?.(spec);
  if (unprepared !== undefined) throw new Error(unprepared.message);
  const { context, end } = contextFor(options);
  const observation = await prober.measure(spec, context).finally(end);
  return { ...observation, judgement: prober.judge(observation, spec) };
}

export function contextFor(options: AskOptions = {}): { context: ProbeContext; end: () => void } {
  const guard = createEgressGuard(options.egress ?? { deny: [], allow: [] });
  const controller = new AbortController();
  const abort = (reason: Fault) => controller.abort(reason);
  const timer = systemClock.after(options.timeoutMs ?? TIMEOUT_MS, () =>
    abort(fault('TIMEOUT', 'The deadline passed.')),
  );
  const context = {
    clock: systemClock,
    signal: AbortSignal.any([controller.signal, ...(options.signal ? [options.signal] : [])]),
    resolve: createResolve(options.lookup ?? defaultLookup, () => guard),
    dial: createDial({ clock: systemClock, guard: () => guard, kernel: openKernelSocket() }),
    secrets: new RunSecrets({ environment: {}, readFile: () => '' }),
  };
  return { context, end: () => timer.cancel() };
}
