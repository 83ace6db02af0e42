// Runs the prober once against a port of loopback, as a runner does, and gives back what it brought.

import { fault, systemClock } from '@holdfast/kernel';
import type { GrpcSpec } from '@holdfast/resources/compiled-check';
import { createDial } from '../../dial/dial.ts';
import { createEgressGuard } from '../../dial/egress-guard.ts';
import { createResolve, defaultLookup } from '../../dial/resolve.ts';
import { openKernelSocket } from '../../kernel-socket/kernel-socket.ts';
import type { ProbeContext } from '../../prober.ts';
import { RunSecrets } from '../../secrets.ts';
import { grpcProber } from '../grpc-prober.ts';

export type GrpcWish = Partial<Omit<GrpcSpec, 'kind' | 'expect' | 'call'>> & {
  call?: Partial<NonNullable<GrpcSpec['call']>>;
  expect?: Partial<GrpcSpec['expect']>;
};

/** Far more than anything on loopback takes; only tests of the deadline wait for theirs. */
const TIMEOUT_MS = 10_000;

export function grpcSpec({ call, expect, ...wish }: GrpcWish): GrpcSpec {
  const spec: GrpcSpec = {
    kind: 'grpc',
    host: '127.0.0.1',
    port: 50_051,
    ip: 'any',
    secure: false,
    tls: { verify: true },
    service: '',
    metadata: {},
    messageBytesMax: 1_000_000,
    ...wish,
    expect: { codes: ['OK'], serving: ['SERVING'], that: [], ...expect },
  };
  if (call !== undefined) {
    spec.call = { method: 'shop.Shop/Get', payload: {}, messagesMax: 10, ...call };
  }
  return spec;
}

export interface ProbeOptions {
  environment?: Record<string, string>;
  timeoutMs?: number;
  controller?: AbortController;
  traceparent?: string;
}

export async function probeGrpc(wish: GrpcWish, options: ProbeOptions = {}) {
  const spec = grpcSpec(wish);
  const { environment = {}, timeoutMs = TIMEOUT_MS, traceparent } = options;
  const controller = options.controller ?? new AbortController();
  const unprepared = await grpcProber.prepare?.(spec);
  const timer = systemClock.after(timeoutMs, () => {
    controller.abort(fault('TIMEOUT', `The deadline of ${timeoutMs} ms passed.`));
  });
  const guard = createEgressGuard({ deny: [], allow: [] });
  const secrets = new RunSecrets({ environment, readFile: () => '' });
  const context: ProbeContext = {
    clock: systemClock,
    signal: controller.signal,
    resolve: createResolve(defaultLookup, () => guard),
    dial: createDial({ clock: systemClock, guard: () => guard, kernel: openKernelSocket() }),
    secrets,
    deadlineMs: systemClock.nowMs() + timeoutMs,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  const observation = await grpcProber.measure(spec, context);
  timer.cancel();
  const judgement = grpcProber.judge(observation, spec);
  return {
    observation,
    unprepared,
    secrets,
    status: judgement.status,
    fault: judgement.fault,
    kept: judgement.detail,
    detail: observation.detail,
    phases: observation.phases.map(({ name }) => name),
  };
}
