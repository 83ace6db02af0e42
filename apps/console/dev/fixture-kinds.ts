// Checks of the kinds besides http and tcp, with the details that their probers would have measured:
// a name followed from the root, packets, a call, a conversation, every address, a try again.

import type { FixtureCheck } from './fixture-world.ts';

type KindCheck = Pick<FixtureCheck, 'namespace' | 'name' | 'kind' | 'target' | 'baseMs'> &
  Partial<FixtureCheck>;

const KINDS: readonly KindCheck[] = [
  {
    namespace: 'net',
    name: 'zone',
    kind: 'dns',
    target: 'dns://192.0.2.53/www.example.org',
    baseMs: 38,
  },
  { namespace: 'net', name: 'gateway', kind: 'icmp', target: 'icmp://192.0.2.1', baseMs: 9 },
  {
    namespace: 'net',
    name: 'orders',
    kind: 'grpc',
    target: 'grpcs://orders.example.org:443',
    baseMs: 22,
    certificateDays: 9,
  },
  { namespace: 'net', name: 'mail', kind: 'tcp', target: 'mail.example.org:25', baseMs: 31 },
  {
    namespace: 'net',
    name: 'edge',
    kind: 'tls',
    target: 'tls://edge.example.org:443',
    baseMs: 44,
    certificateDays: 61,
  },
];

export function kindChecks(nowMs: number): FixtureCheck[] {
  return KINDS.map((check) => ({
    labels: { team: 'network' },
    intervalMs: 10_000,
    timeoutMs: 5000,
    paused: false,
    flakiness: 0,
    outages: [],
    silences: [],
    redirects: [],
    extraRunsMs: [],
    startedAtMs: nowMs - 86_400_000,
    places: ['local'],
    silentPlaces: [],
    ...check,
  }));
}

export function kindDetail({
  namespace,
  name,
  certificateDays,
}: FixtureCheck): Record<string, unknown> {
  if (namespace !== 'net') return {};
  const tries = {
    tries: 2,
    earlier_tries: [{ status: 'down', code: 'CONNECT_RESET', total_ms: 12.4 }],
  };
  const details: Record<string, Record<string, unknown>> = {
    zone: zoneDetail(),
    gateway: packetDetail(),
    orders: {
      grpc_status: 'OK',
      grpc_status_code: 0,
      messages: 1,
      message_bytes: 184,
      serving_status: 'SERVING',
      ...tries,
    },
    mail: mailDetail(),
    edge: {
      tls_version: 'TLSv1.3',
      key_exchange: 'X25519',
      certificate_days: certificateDays,
      ocsp: { stapled: true, status: 'good', cached: false, next_update: '2026-11-26T08:00:00Z' },
      marks: { certificate_received_ms: 11.2, keys_agreed_ms: 9.8, chain_verified_ms: 12.9 },
      addresses: [
        { ip: '192.0.2.7', status: 'up', total_ms: 44.1 },
        { ip: '192.0.2.8', status: 'down', total_ms: 3.2, code: 'CONNECT_REFUSED' },
        { ip: '2001:db8::7', status: 'up', total_ms: 46.8 },
      ],
    },
  };
  return details[name] ?? {};
}

function zoneDetail(): Record<string, unknown> {
  const step = (zone: string, server: string, ip: string, time_ms: number, kind: string) => ({
    zone,
    server,
    ip,
    transport: 'udp',
    time_ms,
    rcode: 'NOERROR',
    kind,
    secure: true,
  });
  return {
    rcode: 'NOERROR',
    records: ['www.example.org. 300 IN A 192.0.2.80'],
    dnssec: { state: 'secure', reason: 'every signature from the root to example.org. holds' },
    resolution_chain: [
      step('.', 'a.root-servers.net.', '198.51.100.4', 6.1, 'referral'),
      step('org.', 'a0.org.afilias-nst.info.', '198.51.100.19', 14.7, 'referral'),
      step('example.org.', 'ns1.example.org.', '192.0.2.53', 16.9, 'answer'),
    ],
  };
}

function packetDetail(): Record<string, unknown> {
  const replies = [8.1, 8.4, 9.9, 8.2, 12.6, 8.3, 8.1, 8.8, 8.4].map((rtt_ms, place) => ({
    sequence: place < 6 ? place + 1 : place + 2,
    rtt_ms,
    own_clock_rtt_ms: rtt_ms + 0.2,
    kernel: true,
    ttl: 57,
  }));
  return {
    ip: '192.0.2.1',
    socket: 'ping',
    packets_sent: 10,
    packets_received: 9,
    loss: 0.1,
    rtt_min_ms: 8.1,
    rtt_avg_ms: 8.98,
    rtt_max_ms: 12.6,
    jitter_ms: 1.4,
    ttl: 57,
    ttl_initial: 64,
    replies,
  };
}

function mailDetail(): Record<string, unknown> {
  return {
    ip: '192.0.2.25',
    port: 25,
    banner: '220 mail.example.org ESMTP Postfix',
    recognized: { protocol: 'smtp', product: 'Postfix' },
    steps: [
      { step: 1, kind: 'send', at_ms: 14.2, bytes: 20 },
      { step: 2, kind: 'expect', at_ms: 28.9, matched: '250-mail.example.org' },
      { step: 3, kind: 'start_tls' },
    ],
  };
}
