// A check as the agent runs it (types only): durations in ms, defaults filled in, patterns proven.
// People write the resource form of check.ts; compileCheck makes this of it.

export type IpPreference = 'any' | '4' | '6';

/** Inclusive. */
export interface StatusRange {
  from: number;
  to: number;
}

export interface TlsSpec {
  /** Name sent and verified; default the host of the target. */
  serverName?: string;
  /** PEM text of authorities trusted instead of the system's. */
  ca?: string;
  /** false: facts are still collected and `verified` told, but a bad chain does not fail the probe. */
  verify: boolean;
}

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
  expect: HttpExpectation;
}

export interface TcpSpec {
  kind: 'tcp';
  host: string;
  port: number;
  ip: IpPreference;
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
  /** Spoken in plain first, until the peer agrees to go on in TLS. */
  startTls?: 'smtp' | 'imap' | 'pop3' | 'ftp' | 'postgres';
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

export interface DnsSpec {
  kind: 'dns';
  name: string;
  recordType: DnsRecordType;
  /** Absent: the first of the system's resolvers. */
  server?: { host: string; port: number };
  /** `udp` falls back to TCP when the answer is truncated. */
  transport: 'udp' | 'tcp';
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

export type ProbeSpec = HttpSpec | TcpSpec | TlsCheckSpec | DnsSpec | IcmpSpec | GrpcSpec;

/** Further tries after one that was not up. The check's timeout covers all of them and the waits. */
export interface RetrySpec {
  /** In all, the first one included: 2 … 5. */
  attempts: number;
  /** Before the second try; doubled before each further one. */
  backoffMs: number;
}

export interface CompiledCheck {
  namespace: string;
  name: string;
  /** As written, credentials removed: for people, never for dialling. */
  target: string;
  intervalMs: number;
  timeoutMs: number;
  labels: Record<string, string>;
  paused: boolean;
  /** Absent: one try. */
  retry?: RetrySpec;
  spec: ProbeSpec;
}

/** Which addresses probes may reach. Deny wins over allow unless the allow entry is narrower. */
export interface EgressPolicy {
  /** CIDR blocks. */
  deny: string[];
  allow: string[];
}
