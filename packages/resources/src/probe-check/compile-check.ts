// From the resource that people write to what the agent runs: durations in ms, defaults filled in.
// It takes checks that validation has passed; anything else is a programmer's error and throws.

import type { Check, CheckSpec } from '../check.ts';
import type { CompiledCheck, PluginSpec, ProbeSpec, TokenSpec } from '../compiled-check.ts';
import { DEFAULT_NAMESPACE } from '../fields/name-fields.ts';
import { compilePool } from '../pool.ts';
import { compileToken } from '../token.ts';
import { intervalMs, phaseLimitsMs, retryOf, timeoutMs } from './check-times.ts';
import { httpSpec } from './compile-http.ts';
import { dnsSpec, grpcSpec, icmpSpec, tlsCheckSpec } from './compile-kinds.ts';
import { tcpSpec } from './compile-tcp.ts';
import { defined, ipOf, listOf, tlsIfWritten } from './compiled-parts.ts';
import { quorumOf } from './location-fields.ts';
import {
  type NamedPool,
  NO_SHARED_PARTS,
  OAUTH2_TOKEN,
  poolName,
  type SharedParts,
  tokenUses,
} from './shared-parts.ts';
import { readTarget, type Target } from './target.ts';

/**
 * `tls.ca`, `tls.client` and `expect.jsonSchema` must hold what they mean by now; the loader reads
 * paths. `maxRedirects` -1 stays: without limit.
 */
export function compileCheck(check: Check, shared: SharedParts = NO_SHARED_PARTS): CompiledCheck {
  const { metadata, spec } = check;
  const reading = readTarget(spec.target, spec.type, shared.plugins);
  if (!reading.ok) throw new TypeError(`target ${reading.fault.message}`);
  const pool = reading.target.type === 'http' ? poolOf(spec, shared) : undefined;
  return {
    namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
    name: metadata.name,
    target: reading.target.shown,
    intervalMs: intervalMs(spec),
    timeoutMs: timeoutMs(spec),
    labels: { ...metadata.labels },
    paused: spec.paused ?? false,
    ...defined({
      retry: retryOf(spec),
      phaseLimitsMs: phaseLimitsMs(spec, pool?.limitsMs),
      everyAddress: spec.addresses === 'all' ? true : undefined,
      pinnedAddress: spec.address,
      locations: spec.locations === undefined ? undefined : [...spec.locations],
      quorum: quorumOf(spec),
      tokens: tokensOf(spec, shared),
    }),
    spec: probeSpec(reading.target, spec, pool),
  };
}

function probeSpec(target: Target, spec: CheckSpec, pool: NamedPool | undefined): ProbeSpec {
  switch (target.type) {
    case 'http':
      return httpSpec(target.url, spec, pool);
    case 'tcp':
      return tcpSpec(target, spec);
    case 'tls':
      return tlsCheckSpec(target, spec);
    case 'dns':
      return dnsSpec(target, spec);
    case 'icmp':
      return icmpSpec(target, spec);
    case 'grpc':
      return grpcSpec(target, spec);
    case 'plugin':
      return pluginSpec(target.plugin.kind, spec);
  }
}

function pluginSpec(plugin: string, spec: CheckSpec): PluginSpec {
  return {
    kind: 'plugin',
    plugin,
    target: spec.target,
    options: { ...spec.with },
    ip: ipOf(spec),
    ...tlsIfWritten(spec),
    expect: { that: listOf(spec.expect?.that) },
  };
}

/** The default pool exists though nobody defined it. */
function poolOf(spec: CheckSpec, { pools }: SharedParts): NamedPool | undefined {
  const name = poolName(spec);
  return name === undefined ? undefined : (pools.get(name) ?? compilePool(name, {}));
}

function tokensOf(spec: CheckSpec, { tokens }: SharedParts): Record<string, TokenSpec> | undefined {
  const own = spec.auth?.oauth2;
  const used = new Map<string, TokenSpec>();
  if (own !== undefined) used.set(OAUTH2_TOKEN, compileToken(own));
  for (const { token } of tokenUses(spec)) {
    const known = tokens.get(token);
    if (known !== undefined && !used.has(token)) used.set(token, known);
  }
  return used.size === 0 ? undefined : Object.fromEntries(used);
}
