// Who is asked by a dns check: `host`, `host:port`, `tls://host` (RFC 7858) or
// `https://host/dns-query` (RFC 8484). A port left out is that of the transport.

import { DNS_PORT } from './dns-target.ts';
import { readHostAndPort, type TargetFault } from './host-and-port.ts';

export type DnsTransport = 'udp' | 'tcp' | 'tls' | 'https';

export const DNS_SERVER_EXAMPLE =
  '1.1.1.1, dns.example.com:53, tls://1.1.1.1 or https://1.1.1.1/dns-query';
const DEFAULT_PATH = '/dns-query';
const PORTS: Readonly<Record<DnsTransport, number>> = {
  udp: DNS_PORT,
  tcp: DNS_PORT,
  tls: 853,
  https: 443,
};

export interface DnsServer {
  host: string;
  /** Undefined where none is written. */
  port: number | undefined;
  /** Told by a scheme. */
  transport?: 'tls' | 'https';
  path?: string;
}

export type DnsServerReading = { ok: true; server: DnsServer } | { ok: false; fault: TargetFault };

export function readDnsServer(text: string): DnsServerReading {
  const [, scheme, rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(text) ?? [
    '',
    undefined,
    text,
  ];
  const transport = scheme?.toLowerCase();
  if (transport === 'https') return webServer(text);
  if (transport !== undefined && transport !== 'tls') {
    const fault = {
      message: `has the unknown scheme ${transport}://`,
      hint: `write it like ${DNS_SERVER_EXAMPLE}`,
    };
    return { ok: false, fault };
  }
  const reading = readHostAndPort(rest, DNS_SERVER_EXAMPLE, DNS_PORT);
  if (!reading.ok) return reading;
  const { host, port, portWritten } = reading;
  const server = { host, port: portWritten ? port : undefined };
  return { ok: true, server: transport === undefined ? server : { ...server, transport } };
}

function webServer(text: string): DnsServerReading {
  const [whole, authority = '', path = ''] = /^https:\/\/([^/?#]*)(\/[!-~]*)?$/i.exec(text) ?? [];
  if (whole === undefined) {
    const message = 'is no address of DNS over HTTPS';
    return { ok: false, fault: { message, hint: 'write it like https://1.1.1.1/dns-query' } };
  }
  const reading = readHostAndPort(authority, 'https://1.1.1.1/dns-query', PORTS.https);
  if (!reading.ok) return reading;
  const { host, port, portWritten } = reading;
  return {
    ok: true,
    server: {
      host,
      port: portWritten ? port : undefined,
      transport: 'https',
      path: path === '' || path === '/' ? DEFAULT_PATH : path,
    },
  };
}

/** As an agent dials it. */
export function dialled(
  { host, port, path }: DnsServer,
  transport: DnsTransport,
): { host: string; port: number; path?: string } {
  const server = { host, port: port ?? PORTS[transport] };
  return transport === 'https' ? { ...server, path: path ?? DEFAULT_PATH } : server;
}
