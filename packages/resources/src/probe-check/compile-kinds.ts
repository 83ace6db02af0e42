// The compilers of tls, dns, icmp and grpc checks: from what people write to what a prober runs.

import type { CheckSpec } from '../check.ts';
import type { DnsSection, DnsSpec, GrpcSpec, IcmpSpec, TlsCheckSpec } from '../compiled-check.ts';
import { byteSize } from '../fields/byte-size.ts';
import { shareOf } from '../fields/share-field.ts';
import { milliseconds, packetIntervalMs } from './check-times.ts';
import { defined, ipOf, listOf, tlsIfWritten, tlsOf } from './compiled-parts.ts';
import { type DnsServer, dialled, readDnsServer } from './dns-server.ts';
import type { Target } from './target.ts';

type TargetOf<K extends Target['type']> = Extract<Target, { type: K }>;
type Expect = NonNullable<CheckSpec['expect']>;

/** Older versions have known breaks and are refused by browsers. */
const DEFAULT_VERSION_MIN = 'TLSv1.2';
/** One lost packet is common, three in a row are not. */
const DEFAULT_DNS_TRIES = 3;
/** What ping sends, so that figures compare. */
const DEFAULT_PAYLOAD_BYTES = 56;
/** What most systems start with. */
const DEFAULT_TTL = 64;
/** What gRPC clients accept unless told otherwise. */
const DEFAULT_MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

export function tlsCheckSpec({ host, port }: TargetOf<'tls'>, spec: CheckSpec): TlsCheckSpec {
  const { certificateDays, versionMin, weakCiphers, staple, that } = spec.expect ?? {};
  return {
    kind: 'tls',
    host,
    port,
    ip: ipOf(spec),
    ...defined({ startTls: spec.startTls }),
    tls: tlsOf(spec),
    alpn: listOf(spec.alpn),
    expect: {
      that: listOf(that),
      ...defined({ certificateDays }),
      versionMin: versionMin ?? DEFAULT_VERSION_MIN,
      weakCiphers: weakCiphers ?? false,
      staple: staple ?? false,
    },
  };
}

export function dnsSpec(target: TargetOf<'dns'>, spec: CheckSpec): DnsSpec {
  const { rcode, answer, authority, additional, secure, that } = spec.expect ?? {};
  const server = target.server ?? serverOf(spec.server);
  const transport = spec.transport ?? server?.transport ?? 'udp';
  const { roots, trustAnchors } = spec;
  const dnssec = spec.dnssec === true ? true : undefined;
  const trace = spec.trace === true ? true : undefined;
  return {
    kind: 'dns',
    name: target.name,
    recordType: spec.recordType ?? 'A',
    ...defined({ server: server === undefined ? undefined : dialled(server, transport) }),
    transport,
    ...tlsIfWritten(spec),
    ...defined({
      dnssec,
      trace,
      roots: roots?.map(({ name, ip, port }) => ({ name, ip, ...defined({ port }) })),
    }),
    ...defined({ trustAnchors }),
    recursion: spec.recursion ?? true,
    ip: ipOf(spec),
    tries: spec.tries ?? DEFAULT_DNS_TRIES,
    expect: {
      that: listOf(that),
      rcodes: rcode === undefined ? ['NOERROR'] : listOf(rcode),
      answer: sectionOf(answer),
      authority: sectionOf(authority),
      additional: sectionOf(additional),
      ...defined({ secure }),
    },
  };
}

function serverOf(written: string | undefined): DnsServer | undefined {
  if (written === undefined) return undefined;
  const reading = readDnsServer(written);
  if (!reading.ok) throw new TypeError(`server ${reading.fault.message}`);
  return reading.server;
}

function sectionOf(written: Expect['answer']): DnsSection {
  if (written === undefined || typeof written === 'string' || Array.isArray(written))
    return { matches: listOf(written), notMatches: [] };
  const { countMin, matches, notMatches } = written;
  return { ...defined({ countMin }), matches: listOf(matches), notMatches: listOf(notMatches) };
}

export function icmpSpec({ host }: TargetOf<'icmp'>, spec: CheckSpec): IcmpSpec {
  const { loss, rtt, jitter, that } = spec.expect ?? {};
  return {
    kind: 'icmp',
    host,
    ip: ipOf(spec),
    packets: spec.packets ?? 1,
    packetIntervalMs: packetIntervalMs(spec),
    payloadBytes: typeof spec.payload === 'number' ? spec.payload : DEFAULT_PAYLOAD_BYTES,
    ttl: spec.ttl ?? DEFAULT_TTL,
    expect: {
      that: listOf(that),
      lossMax: (loss === undefined ? undefined : shareOf(loss)) ?? 0,
      ...defined({ rttMsMax: milliseconds(rtt), jitterMsMax: milliseconds(jitter) }),
    },
  };
}

/** `descriptorSet` must be base64 by now; the loader reads paths. */
export function grpcSpec(target: TargetOf<'grpc'>, spec: CheckSpec): GrpcSpec {
  const { code, serving, json, that } = spec.expect ?? {};
  const metadata = Object.entries(spec.metadata ?? {});
  return {
    kind: 'grpc',
    host: target.host,
    port: target.port,
    ip: ipOf(spec),
    secure: target.secure,
    tls: tlsOf(spec),
    ...defined({ call: callOf(spec) }),
    service: spec.service ?? '',
    metadata: Object.fromEntries(metadata.map(([name, value]) => [name.toLowerCase(), value])),
    messageBytesMax:
      (spec.bodyLimit === undefined ? undefined : byteSize(spec.bodyLimit)) ??
      DEFAULT_MESSAGE_BYTES_MAX,
    expect: {
      that: listOf(that),
      codes: code === undefined ? ['OK'] : listOf(code),
      serving: serving === undefined ? ['SERVING'] : listOf(serving),
      ...defined({ json }),
    },
  };
}

function callOf({ method, payload, descriptorSet, messages }: CheckSpec): GrpcSpec['call'] {
  if (method === undefined) return undefined;
  return {
    method: method.replace(/^\//, ''),
    payload: payload ?? {},
    ...defined({ descriptorSet }),
    messagesMax: messages ?? 1,
  };
}
