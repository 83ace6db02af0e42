// What each kind of check asks and expects, as a prober gets it (types only). An optional field that is
// absent means "not asked for": nothing is spent on it.

import type {
  AuthSpec,
  IpPreference,
  PoolSpec,
  ProxySpec,
  StatusRange,
  TlsSpec,
} from './compiled-parts.ts';

export interface BodyExpectation {
  contains?: string;
  /** RE2 syntax, searched anywhere. */
  matches?: string;
  notMatches?: string;
}

export interface HttpExpectation {
  /** Any one must hold; empty = any status. */
  status: StatusRange[];
  /** Header name (lower case) → RE2 pattern searched in its value. */
  headers: Record<string, string>;
  body?: BodyExpectation;
  /** The JSON body must hold at least this: objects by subset, everything else equal. */
  json?: unknown;
  /** CEL rules that must all be true. */
  that: string[];
  /** The leaf certificate must be valid for at least so many days more. */
  certificateDays?: number;
  /** JSON Schema (draft 2020-12) that the JSON body must satisfy. */
  jsonSchema?: unknown;
  /** `1.1`, `2`: any one must be what was spoken. Absent: any. */
  versions?: string[];
}

export interface HttpSpec {
  kind: 'http';
  url: string;
  method: string;
  /** Values may hold `${env:NAME}` and `${file:PATH}`, resolved by the agent at each run. */
  headers: Record<string, string>;
  body?: string;
  maxRedirects: number;
  ip: IpPreference;
  tls: TlsSpec;
  /** Of the decoded body; more is a fault. */
  bodyBytesMax: number;
  /**
   * `1.1`; `2` = HTTP/2 alone, on http:// with prior knowledge; `any` = what the peer picks by ALPN.
   * Absent: 1.1.
   */
  version?: '1.1' | '2' | 'any';
  /** Absent: a fresh connection for each hop of each run. */
  pool?: PoolSpec;
  proxy?: ProxySpec;
  auth?: AuthSpec;
  /** Decodes the body so, whatever Content-Encoding says; `identity`: not at all. Absent: as it says. */
  decompress?: 'identity' | 'gzip' | 'br' | 'deflate' | 'zstd';
  /** Sends `Expect: 100-continue` and holds the body back until the peer agrees or so much time passed. */
  expectContinueMs?: number;
  expect: HttpExpectation;
}

/** Spoken in plain first, until the peer agrees to go on in TLS. */
export type StartTlsProtocol = 'smtp' | 'imap' | 'pop3' | 'ftp' | 'postgres';

/** One step of a dialogue. `send` and `expect` may use what `(…)` of earlier patterns found, as `${1}`. */
export type TcpStep =
  /** A text to send, placeholders filled; exactly these bytes in UTF-8. */
  | { send: string }
  /** Bytes to send, base64. */
  | { sendBytes: string }
  /** Read line after line (LF, CR dropped) until one matches. RE2. */
  | { expect: string }
  /** The next bytes must be these, base64. */
  | { expectBytes: string }
  /** Go on in TLS. */
  | { startTls: true };

export interface TcpSpec {
  kind: 'tcp';
  host: string;
  port: number;
  ip: IpPreference;
  /** TLS from the first byte on. */
  secure?: boolean;
  /** A known dialogue that ends in TLS, before the steps. */
  startTls?: StartTlsProtocol;
  /** Of `secure`, `startTls` and the step of that name; absent: verified, system authorities. */
  tls?: TlsSpec;
  /** Reads what the peer says first and recognizes it, for at most so long; nothing said is no fault. */
  bannerMs?: number;
  dialogue?: TcpStep[];
  /** Of all that is read; more is a fault. Absent: 64 KiB. */
  bytesMax?: number;
  expect?: RuleExpectation & {
    /** RE2, searched in the banner; needs `bannerMs`. */
    banner?: string;
    certificateDays?: number;
  };
}

/** What the kinds below expect besides their own: CEL rules over `detail`, `total_ms`, `phases`, `target`. */
export interface RuleExpectation {
  /** All must be true. */
  that: string[];
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** A handshake and what the peer shows in it, without a word of the protocol above. */
export interface TlsCheckSpec {
  kind: 'tls';
  host: string;
  port: number;
  ip: IpPreference;
  startTls?: StartTlsProtocol;
  tls: TlsSpec;
  /** Offered to the peer; empty = none. */
  alpn: string[];
  expect: RuleExpectation & {
    certificateDays?: number;
    /** Oldest that is accepted; default TLSv1.2. */
    versionMin: TlsVersion;
    /** false: suites without forward secrecy or with broken parts (RC4, 3DES, NULL, export, CBC with SHA-1) are a fault. */
    weakCiphers: boolean;
    /** The peer must staple an OCSP answer that says good. */
    staple: boolean;
  };
}

export type DnsRecordType =
  | 'A'
  | 'AAAA'
  | 'CNAME'
  | 'MX'
  | 'NS'
  | 'TXT'
  | 'SOA'
  | 'SRV'
  | 'PTR'
  | 'CAA';

export interface DnsSection {
  /** Records at least. */
  countMin?: number;
  /** Each must match some record, written as `name TTL IN TYPE data`. RE2. */
  matches: string[];
  /** None may match any record. */
  notMatches: string[];
}

export interface DnsRoot {
  name: string;
  ip: string;
  /** Absent: 53. */
  port?: number;
}

export interface DnsSpec {
  kind: 'dns';
  name: string;
  recordType: DnsRecordType;
  /** Absent: the first of the system's resolvers. `path` is that of DNS over HTTPS. */
  server?: { host: string; port: number; path?: string };
  /** `udp` falls back to TCP when the answer is truncated; `tls` is RFC 7858, `https` RFC 8484. */
  transport: 'udp' | 'tcp' | 'tls' | 'https';
  /** Of `tls` and `https`; absent: verified, system authorities. */
  tls?: TlsSpec;
  /** Asks for signatures (DO) and validates the answer from the trust anchors down (RFC 4035). */
  dnssec?: boolean;
  /** Follows the delegations from the root itself instead of asking one server; each step is told with its time. */
  trace?: boolean;
  /** Where a trace begins; absent: the root servers of the internet. */
  roots?: DnsRoot[];
  /** Of DNSSEC: DS records of the root in presentation form; absent: those of the internet's root. */
  trustAnchors?: string[];
  recursion: boolean;
  ip: IpPreference;
  /** Sendings over UDP, within the timeout. */
  tries: number;
  expect: RuleExpectation & {
    /** Such as NOERROR; any one must hold. */
    rcodes: string[];
    answer: DnsSection;
    authority: DnsSection;
    additional: DnsSection;
    /** The answer must have been validated as secure; needs `dnssec`. */
    secure?: boolean;
  };
}

export interface IcmpSpec {
  kind: 'icmp';
  host: string;
  ip: IpPreference;
  /** 1 … 100 echo requests, so far apart. */
  packets: number;
  packetIntervalMs: number;
  payloadBytes: number;
  ttl: number;
  expect: RuleExpectation & {
    /** Share of lost packets that is still up, 0 … 1; default 0 for one packet. */
    lossMax: number;
    rttMsMax?: number;
    jitterMsMax?: number;
  };
}

export interface GrpcSpec {
  kind: 'grpc';
  host: string;
  port: number;
  ip: IpPreference;
  /** false: HTTP/2 in plain, with prior knowledge. */
  secure: boolean;
  tls: TlsSpec;
  /** Absent: grpc.health.v1.Health/Check. */
  call?: {
    /** `package.Service/Method`; unary or server-streaming. */
    method: string;
    /** JSON of the request message. */
    payload: unknown;
    /** FileDescriptorSet, base64; absent: asked of the server by reflection. */
    descriptorSet?: string;
    /** Of a stream, read at most so many. */
    messagesMax: number;
  };
  /** Asked of the health service; empty = the server as a whole. */
  service: string;
  /** Values may hold placeholders. */
  metadata: Record<string, string>;
  messageBytesMax: number;
  expect: RuleExpectation & {
    /** Names of gRPC status codes such as OK; any one must hold. */
    codes: string[];
    /** Health answers such as SERVING; any one must hold; used without a call. */
    serving: string[];
    /** The (last) message must hold at least this. */
    json?: unknown;
  };
}

/** A check of a kind that a plugin brings. */
export interface PluginSpec {
  kind: 'plugin';
  /** The kind as people write it, such as `redis`. */
  plugin: string;
  /** The target as written. */
  target: string;
  /** What stands under `with`, proven by the plugin's own schema; texts may hold placeholders. */
  options: Record<string, unknown>;
  ip: IpPreference;
  tls?: TlsSpec;
  expect: RuleExpectation;
}

export type ProbeSpec =
  | HttpSpec
  | TcpSpec
  | TlsCheckSpec
  | DnsSpec
  | IcmpSpec
  | GrpcSpec
  | PluginSpec;
