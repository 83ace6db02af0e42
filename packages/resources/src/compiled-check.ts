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

export type ProbeSpec = HttpSpec | TcpSpec;

export interface CompiledCheck {
  namespace: string;
  name: string;
  /** As written, credentials removed: for people, never for dialling. */
  target: string;
  intervalMs: number;
  timeoutMs: number;
  labels: Record<string, string>;
  paused: boolean;
  spec: ProbeSpec;
}

/** Which addresses probes may reach. Deny wins over allow unless the allow entry is narrower. */
export interface EgressPolicy {
  /** CIDR blocks. */
  deny: string[];
  allow: string[];
}
