// Specs of kind `tls` and runs of them for tests, with the defaults that the resource form fills in.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { fault, systemClock } from '@holdfast/kernel';
import type { TlsCheckSpec } from '@holdfast/resources/compiled-check';
import { createDial } from '../../dial/dial.ts';
import { createEgressGuard } from '../../dial/egress-guard.ts';
import { createResolve, defaultLookup } from '../../dial/resolve.ts';
import type { ProbeContext } from '../../prober.ts';
import { RunSecrets } from '../../secrets.ts';
import type { TlsAudit } from '../../tls/tls-audit.ts';
import { createTlsProber } from '../tls-prober.ts';

export type TlsWish = Partial<Omit<TlsCheckSpec, 'kind' | 'expect'>> & {
  port: number;
  expect?: Partial<TlsCheckSpec['expect']>;
};

export interface RunWish {
  timeoutMs?: number;
  prober?: ReturnType<typeof createTlsProber>;
  signal?: AbortSignal;
  audit?: TlsAudit;
}

/** Far more than anything on loopback takes. */
const TIMEOUT_MS = 10_000;

export function tlsSpec({ expect, ...wish }: TlsWish): TlsCheckSpec {
  return {
    kind: 'tls',
    host: '127.0.0.1',
    ip: 'any',
    tls: { verify: true },
    alpn: [],
    ...wish,
    expect: { versionMin: 'TLSv1.2', weakCiphers: false, staple: false, that: [], ...expect },
  };
}

/** Prepared, measured and judged, as a run does it. */
export async function probeTls(wish: TlsWish, run: RunWish = {}) {
  const { prober = createTlsProber(), timeoutMs = TIMEOUT_MS } = run;
  const spec = tlsSpec(wish);
  const unprepared = await prober.prepare?.(spec);
  if (unprepared !== undefined) throw new Error(unprepared.message);
  const controller = new AbortController();
  const deadline = systemClock.after(timeoutMs, () =>
    controller.abort(fault('TIMEOUT', 'The deadline passed.')),
  );
  run.signal?.addEventListener('abort', () => controller.abort());
  try {
    const audit = run.audit === undefined ? {} : { audit: run.audit };
    const context = { ...contextOf(controller.signal), ...audit };
    const observation = await prober.measure(spec, context);
    return { ...observation, ...prober.judge(observation, spec) };
  } finally {
    deadline.cancel();
  }
}

/** A TLS server that staples what it is told to; `staple` is asked at each handshake. */
export async function tlsServer(options: TlsOptions, staple?: () => Buffer | undefined) {
  const server = createServer(options, (socket) => socket.on('error', () => {}).unref());
  server.on('tlsClientError', () => {});
  if (staple !== undefined) {
    server.on('OCSPRequest', (_leaf, _issuer, done) => done(null, staple() ?? Buffer.alloc(0)));
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
    },
  };
}

function contextOf(signal: AbortSignal): ProbeContext {
  const guard = createEgressGuard({ deny: [], allow: [] });
  return {
    clock: systemClock,
    signal,
    resolve: createResolve(defaultLookup, () => guard),
    dial: createDial({
      clock: systemClock,
      guard: () => guard,
      kernel: { facts: () => undefined },
    }),
    secrets: new RunSecrets({ environment: {}, readFile: () => '' }),
  };
}
